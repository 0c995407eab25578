using SourceGen.Rpc.Load;

if (args is [ServerHost.Argument]) return ServerHost.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
try
{
    return LoadProgram.Run(LoadOptions.Parse(args), Console.Out);
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCode.Usage;
}
catch (LoadException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCode.Failed;
}
