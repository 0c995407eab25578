namespace SourceGen.Rpc.Registries.Consul.Tests.Support;

/// <summary>
/// The tests of the class are reported as skipped, all of them, where there is no Consul; see <see cref="ConsulTestFramework"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RequiresConsulAttribute : Attribute;
