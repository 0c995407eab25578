namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class LoopTests
{
    private static readonly Rule s_rule = new("SGR0077");

    [Fact]
    public Task Calls_of_a_loop_that_do_not_need_each_other_are_reported() => s_rule.ReportsAsync("""
        class Program(IGreeter greeter)
        {
            async Task<List<string>> Gather(int[] ids)
            {
                List<string> names = [];
                foreach (int id in ids) names.Add(await [|greeter.NameAsync(id)|]);
                return names;
            }

            async Task<string[]> Index(int[] ids)
            {
                string[] names = new string[ids.Length];
                for (int i = 0; i < ids.Length; i++)
                {
                    int id = ids[i];
                    if (id == 0) continue;
                    names[i] = await [|greeter.NameAsync(id)|].ConfigureAwait(false);
                }
                return names;
            }
        }
        """, "Each round of the loop waits for its call of 'IGreeter.NameAsync', though none needs the result of another");

    [Fact]
    public Task Calls_that_depend_on_earlier_rounds_or_whose_order_may_matter_are_let_pass() => s_rule.LetsPassAsync("""
        class Program(IGreeter greeter)
        {
            async Task Chain(int[] ids) { int sum = 0; foreach (int id in ids) sum = await greeter.AddAsync(sum, id); }
            async Task Sum(int[] ids) { int sum = 0; foreach (int id in ids) sum += await greeter.AddAsync(id); Console.WriteLine(sum); }
            async Task Find(int[] ids) { foreach (int id in ids) { if (await greeter.NameAsync(id) == "x") break; } }
            async Task<string?> First(int[] ids) { foreach (int id in ids) { if (await greeter.NameAsync(id) is { Length: > 0 } name) return name; } return null; }
            async Task NoResult(int[] ids) { foreach (int id in ids) await greeter.ResetAsync(); }
            async Task OneWay(int[] ids) { foreach (int id in ids) await greeter.LogAsync(id.ToString()); }
            async Task Repeat(int id) { for (int i = 0; i < 3; i++) await greeter.NameAsync(id); }
            async Task Poll(int id) { while (await greeter.NameAsync(id) == "") { } }
            async Task Careful(int[] ids) { foreach (int id in ids) { try { await greeter.NameAsync(id); } catch (RpcException) { } } }
            async Task Two(int[] ids) { foreach (int id in ids) { await greeter.NameAsync(id); await Task.Delay(1); } }
            async Task Others(int[] ids, Action<string> show) { foreach (int id in ids) show(await greeter.NameAsync(id)); }
            async Task Limited(int[] ids) { List<string> names = []; foreach (int id in ids) { if (names.Count > 3) continue; names.Add(await greeter.NameAsync(id)); } }
            async IAsyncEnumerable<string> Yield(int[] ids) { foreach (int id in ids) yield return await greeter.NameAsync(id); }
            async Task NoCall(int[] ids, INoService other) { List<int> sums = []; foreach (int id in ids) sums.Add(await other.AddAsync(id)); }
        }
        """);
}
