using Rpc_App.Contracts;
using Rpc_App.Server;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);

// Addresses, limits and TLS stand in the configuration, section Rpc:Server.
builder.Services.AddRpcServer().AddService<IGreeter, Greeter>();

await builder.Build().RunAsync();
