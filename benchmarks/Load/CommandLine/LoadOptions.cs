using System.Globalization;

namespace SourceGen.Rpc.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        Usage: SourceGen.Rpc.Load [options]

          --only NAME[,NAME...]  run these workloads only; * stands for anything, as in --only 'echo-*-64'
          --rounds N             rounds of a workload, each one a run of the baseline and one of the RPC (default 5)
          --seconds S            length of a run (default 2)
          --warmup S             length of the run before the first round, baseline and RPC each (default 3)
          --quick                3 rounds of 0.5 s after a warm-up of 1 s: to see that it works, not to compare
          --raw-only             run the baseline alone
          --rpc-only             run the RPC alone, for a profiler
          --json FILE            also write every figure of every round to FILE
          --check                exit with 1 when a target is not met
          --list                 list the workloads with their targets, and run nothing
          --help                 show this
        """;

    public IReadOnlyList<string> Only { get; private init; } = ["*"];

    public int Rounds { get; private init; } = 5;

    public TimeSpan Length { get; private init; } = TimeSpan.FromSeconds(2);

    public TimeSpan WarmUp { get; private init; } = TimeSpan.FromSeconds(3);

    public bool RawOnly { get; private init; }

    public bool RpcOnly { get; private init; }

    public string? JsonFile { get; private init; }

    public bool Check { get; private init; }

    public bool List { get; private init; }

    public bool Help { get; private init; }

    /// <exception cref="UsageException">An option is unknown, or its value is missing or wrong.</exception>
    public static LoadOptions Parse(IReadOnlyList<string> args)
    {
        // First, so that an option given beside it wins wherever it stands.
        LoadOptions options = args.Contains("--quick")
            ? new LoadOptions { Rounds = 3, Length = TimeSpan.FromSeconds(0.5), WarmUp = TimeSpan.FromSeconds(1) }
            : new LoadOptions();
        for (int i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--quick" => options,
                "--only" => options with { Only = Names(Value(args, ref i, "a workload's name")) },
                "--rounds" => options with { Rounds = Count(Value(args, ref i, "a number of rounds")) },
                "--seconds" => options with { Length = Seconds("--seconds", Value(args, ref i, "a number of seconds"), least: 0.01) },
                "--warmup" => options with { WarmUp = Seconds("--warmup", Value(args, ref i, "a number of seconds"), least: 0) },
                "--raw-only" => options with { RawOnly = true },
                "--rpc-only" => options with { RpcOnly = true },
                "--json" => options with { JsonFile = Value(args, ref i, "a file") },
                "--check" => options with { Check = true },
                "--list" => options with { List = true },
                "--help" or "-h" => options with { Help = true },
                _ => throw new UsageException($"'{args[i]}' is not an option. See --help."),
            };
        }

        return options switch
        {
            { RawOnly: true, RpcOnly: true } =>
                throw new UsageException("--raw-only leaves out the RPC and --rpc-only the baseline: give one of them."),
            { Check: true, RawOnly: true } =>
                throw new UsageException("--check judges the RPC, which --raw-only leaves out: give one of them."),
            { Check: true, RpcOnly: true } =>
                throw new UsageException("--check compares with the baseline, which --rpc-only leaves out: give one of them."),
            _ => options,
        };
    }

    private static string Value(IReadOnlyList<string> args, ref int i, string what) =>
        i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)
            ? args[++i]
            : throw new UsageException($"{args[i]} needs {what} after it. See --help.");

    private static string[] Names(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } names
            ? names
            : throw new UsageException($"--only {text} names no workload. See --list.");

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is >= 1 and <= 1000
            ? n
            : throw new UsageException($"--rounds {text}: write a whole number from 1 to 1000.");

    private static TimeSpan Seconds(string option, string text, double least) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double s) && s >= least && s <= 3600
            ? TimeSpan.FromSeconds(s)
            : throw new UsageException($"{option} {text}: write a number of seconds from {least} to 3600, such as 2 or 0.5.");
}
