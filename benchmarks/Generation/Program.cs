using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SourceGen.Rpc.Benchmarks.Generation;

// In process: the toolchain that builds a project of its own does not know this repository's central package versions.
Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(2).WithIterationCount(5);
BenchmarkRunner.Run<GenerationBenchmarks>(DefaultConfig.Instance.AddJob(job), args);
