namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>A contract as it was or is, its implementation, and a call of it.</summary>
/// <param name="Interface">The members of the interface.</param>
/// <param name="Server">The members of the class that implements it.</param>
/// <param name="Call">An expression with the proxy <c>s</c>: what its caller sees.</param>
/// <param name="Types">The types beside the interface.</param>
public sealed record ContractVersion(string Interface, string Server, string Call, string Types = "")
{
    /// <summary>The interface's attribute.</summary>
    public string Service { get; init; } = """[Service(Name = "S")]""";

    /// <summary>What the interface inherits: empty, or a colon and names.</summary>
    public string Bases { get; init; } = "";

    /// <summary>One method.</summary>
    /// <param name="signature">Without attributes.</param>
    /// <param name="body">The expression that it returns.</param>
    /// <param name="call">What its caller sees.</param>
    /// <param name="types">The types that it uses.</param>
    /// <param name="attributes">The method's attributes.</param>
    public static ContractVersion Method(string signature, string body, string call, string types = "", string attributes = "") =>
        new($"{attributes} {signature};", $"public {signature} => {body};", call, types);

    public string Source => $$"""
        namespace Corpus;
        {{Service}} public partial interface IS{{Bases}} { {{Interface}} }
        public sealed class Server : IS { {{Server}} }
        {{Types}}

        public static class Drive
        {
            public static void Serve(RpcServer server) => server.AddService<IS>(new Server());

            public static async Task<string> CallAsync(RpcClient client)
            {
                IS s = client.Get<IS>();
                return Show.Text({{Call}});
            }
        }

        public static class Show
        {
            public static string Text(object? value) => value switch
            {
                null => "null",
                string text => text,
                IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                System.Collections.IEnumerable items =>
                    "[" + string.Join(", ", System.Linq.Enumerable.Select(System.Linq.Enumerable.Cast<object?>(items), Text)) + "]",
                _ => value.ToString()!,
            };

            public static async Task<string> Error(Func<ValueTask> call)
            {
                try
                {
                    await call();
                    return "nothing";
                }
                catch (RpcException e) when (e.GetType() == typeof(RpcException))
                {
                    return $"RpcException {e.Code}";
                }
                catch (Exception e)
                {
                    return e.GetType().Name + " " + e.Message;
                }
            }

            public static async Task<string> All<T>(IAsyncEnumerable<T> items)
            {
                List<object?> all = [];
                await foreach (T item in items) all.Add(item);
                return Text(all);
            }

            public static async IAsyncEnumerable<T> Stream<T>(params T[] items)
            {
                foreach (T item in items)
                {
                    await Task.Yield();
                    yield return item;
                }
            }
        }
        """;
}
