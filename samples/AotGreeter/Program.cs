using System.Diagnostics;
using AotGreeter;
using SourceGen.Rpc;

// Server and client in one native binary. `server` serves until its input ends, `client ADDRESS` makes one call,
// and without arguments the program starts itself as the server and is the client.
return args switch
{
    ["server"] => await ServeAsync(),
    ["client", string address] => await CallAsync(address, "native world"),
    [] => await DemonstrateAsync(),
    _ => Usage(),
};

static async Task<int> ServeAsync()
{
    RpcServerOptions options = new RpcServerOptions().Listen("tcp://127.0.0.1:0");
    options.Filters.Add(new TrimFilter()).ForService<IGreeter>();
    await using RpcServer server = new(options);
    server.AddService<IGreeter>(new Greeter());
    await server.StartAsync();
    Console.WriteLine(server.Addresses[0]);
    while (Console.In.Read() >= 0)
    {
        // Whoever started the server holds the other end of its input; when it is closed, nobody is left to serve.
    }

    return 0;
}

static async Task<int> CallAsync(string address, string name)
{
    try
    {
        await using RpcClient rpc = await RpcClient.ConnectAsync(address);
        Greeting greeting = await rpc.Get<IGreeter>().HelloAsync(name);
        Console.WriteLine($"{greeting.Text} (from process {greeting.ServerProcess})");
        return 0;
    }
    catch (NobodyException e)
    {
        // Declared by the contract, so it arrives as itself.
        Console.WriteLine(e.Message);
        return 0;
    }
    catch (RpcException e)
    {
        Console.Error.WriteLine($"{e.Code}: {e.Message}");
        return 1;
    }
}

static async Task<int> DemonstrateAsync()
{
    ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };

    // `dotnet AotGreeter.dll` runs in the process of dotnet, which must be told the assembly again.
    if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
    start.ArgumentList.Add("server");
    using Process server = Process.Start(start)!;
    string? address = await server.StandardOutput.ReadLineAsync();
    int result = address is null ? 1 : await CallAsync(address, "native world");
    if (result == 0) result = await CallAsync(address!, "  ");
    server.StandardInput.Close();
    await server.WaitForExitAsync();
    return result;
}

static int Usage()
{
    Console.Error.WriteLine("Usage: AotGreeter [server | client ADDRESS]");
    return 2;
}
