using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

[Collection(RabbitMqFixture.Name)]
public sealed class RabbitMqConformanceTests(RabbitMqFixture fixture) : BrokerConformance(fixture);
