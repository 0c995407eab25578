using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>One thread of the model, as a machine whose every <see cref="Step"/> is one access to shared state.</summary>
/// <param name="model">What the threads share.</param>
/// <param name="helpsWith">The batch it is sent to help with, any time after it was published; -1 for the first receiver.</param>
internal sealed class ModelThread(OwnershipModel model, int helpsWith)
{
    private Phase _phase = helpsWith < 0 ? Phase.Fill : Phase.Start;
    private int _batch = -1;
    private int _added;
    private uint _epoch;
    private BatchOwnership.Observation _observation;

    private enum Phase
    {
        Start,
        Fill,
        Publish,
        Observe,
        Commit,
        Take,
        Ended,
    }

    public bool CanStep => _phase != Phase.Ended && (_phase != Phase.Start || model.IsPublished(helpsWith));

    /// <summary>Everything that decides what the thread does next.</summary>
    public string State => $"{_phase},{_batch},{_added},{_epoch},{_observation.Before},{_observation.After},{(_observation.Item as ModelItem)?.Name}";

    public void Step()
    {
        switch (_phase)
        {
            case Phase.Start:
                _batch = helpsWith;
                _epoch = model.Ownership.EpochOfLateThread(model.EpochOf(helpsWith));
                _phase = Phase.Observe;
                break;
            case Phase.Fill:
                // The one receiver: it alone knows which batch comes next.
                _batch = model.NextBatch;
                model.Ownership.Add(model.Item(_batch, _added++));
                if (_added == model.SizeOf(_batch)) _phase = Phase.Publish;
                break;
            case Phase.Publish:
                _added = 0;
                _epoch = model.Publish(_batch);
                _phase = Phase.Observe;
                break;
            case Phase.Observe:
                _phase = model.Ownership.Observe(_epoch, out _observation) ? Phase.Commit : Phase.Ended;
                break;
            case Phase.Commit:
                _phase = model.Ownership.Commit(_observation) ? Phase.Take : Phase.Observe;
                break;
            case Phase.Take:
                Take(model.Ownership.Take(_observation));
                break;
        }
    }

    private void Take(BatchItem? item)
    {
        if (item is ModelItem claimed)
        {
            model.Run(claimed, _batch);
            _phase = Phase.Observe;
            return;
        }

        model.BecomeReceiver();
        _phase = model.NextBatch < model.BatchCount ? Phase.Fill : Phase.Ended;
    }
}

/// <summary>An item that is known by its place.</summary>
internal sealed class ModelItem(int batch, int index) : BatchItem(runsInCallersContext: false)
{
    public int Batch => batch;

    public string Name => $"{batch}.{index}";

    public int Runs { get; set; }

    public override void Run() => Runs++;
}
