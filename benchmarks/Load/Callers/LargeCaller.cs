namespace SourceGen.Rpc.Load;

/// <summary>
/// Sends a large message and gets it back, again and again, beside the callers that are timed. It counts its calls and times none.
/// </summary>
internal sealed class LargeCaller(ILoadService service, int payload) : Caller
{
    // Not readonly: it counts. The message is made once, as making it takes as long as sending it.
    private EchoOperation _echo = new(service, caller: 0, payload);

    public override async Task RunAsync(CallerTurn turn)
    {
        do
        {
            EchoMessage result = await _echo.Start();
            _echo.Finish(result);
            CountAnswer();
        }
        while (!turn.IsOver);
    }
}
