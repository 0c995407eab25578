using System.Reflection;
using SourceGen.Rpc.Registries.Consul.Tests.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("SourceGen.Rpc.Registries.Consul.Tests.Support.ConsulTestFramework", "SourceGen.Rpc.Registries.Consul.Tests")]

namespace SourceGen.Rpc.Registries.Consul.Tests.Support;

/// <summary>
/// Runs tests as xunit does, but for those of classes with <see cref="RequiresConsulAttribute"/> where there is no Consul: these are
/// skipped with the reason. By a framework and not by an attribute of each test, because the suite's tests are inherited and know nothing
/// of Consul.
/// </summary>
public sealed class ConsulTestFramework(IMessageSink sink) : XunitTestFramework(sink)
{
    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider source, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, source, diagnostics)
    {
        protected override void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions) =>
            base.RunTestCases(
                ConsulBinary.Path is null ? testCases.Select(SkipIfNeeded) : testCases, executionMessageSink, executionOptions);

        private IXunitTestCase SkipIfNeeded(IXunitTestCase test) =>
            test.TestMethod.TestClass.Class.GetCustomAttributes(typeof(RequiresConsulAttribute)).Any()
                ? new XunitSkippedDataRowTestCase(
                    DiagnosticMessageSink,
                    TestMethodDisplay.ClassAndMethod,
                    TestMethodDisplayOptions.None,
                    test.TestMethod,
                    ConsulBinary.Missing,
                    test.TestMethodArguments)
                : test;
    }
}
