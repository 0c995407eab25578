// Simulations of selection and of overload, which give the same figures on every machine; and one run against a real server.
using SourceGen.Rpc.Benchmarks.Selection.Aperture;
using SourceGen.Rpc.Benchmarks.Selection.Overload;
using SourceGen.Rpc.Benchmarks.Selection.SlowNode;

const string Names = "aperture, slow-node [file for the plot], overload, overload-run";
if (args is not [var name, .. var rest])
{
    Console.Error.WriteLine($"Say which simulation to run: {Names}.");
    return 1;
}

switch (name)
{
    case "aperture":
        return await ApertureReport.RunAsync();
    case "slow-node":
        return SlowNodeReport.Run(rest.FirstOrDefault());
    case "overload":
        OverloadReport.Write(Console.Out);
        return 0;
    case "overload-run":
        await OverloadRun.WriteAsync(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine($"There is no simulation '{name}'. There are: {Names}.");
        return 1;
}
