using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

[Collection(RabbitMqFixture.Name)]
public sealed class RabbitMqOutageTests(RabbitMqFixture fixture, ITestOutputHelper output) : OutageConformance(fixture, output);
