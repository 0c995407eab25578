using Rpc_App.Contracts;
using SourceGen.Rpc;

string address = args.Length > 0 ? args[0] : "tcp://127.0.0.1:5000";
string name = args.Length > 1 ? args[1] : "world";

try
{
    await using RpcClient rpc = await RpcClient.ConnectAsync(address);
    IGreeter greeter = rpc.Get<IGreeter>();

    Greeting greeting = await greeter.HelloAsync(name);
    Console.WriteLine(greeting.Text);

    await foreach (int number in greeter.CountDownAsync(3))
    {
        Console.WriteLine(number);
    }

    return 0;
}
catch (RpcException e)
{
    Console.Error.WriteLine($"{e.Code}: {e.Message}");
    return 1;
}
