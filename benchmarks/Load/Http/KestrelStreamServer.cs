using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Load;

/// <summary>
/// Kestrel in the server process, answering each request with endless items. Only in builds that find ASP.NET beside the SDK.
/// </summary>
internal sealed class KestrelStreamServer : IDisposable
{
    private readonly WebApplication _application;

    private KestrelStreamServer(WebApplication application) => _application = application;

    /// <summary>Where it listens.</summary>
    public string Address => _application.Urls.First();

    /// <summary>Starts it on a free port of the loopback interface.</summary>
    /// <returns>The server, or null in a build without ASP.NET.</returns>
    public static KestrelStreamServer? Start()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options =>
            options.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2));
        WebApplication application = builder.Build();
        var service = new LoadService();
        application.Run(async context =>
        {
            try
            {
                CancellationToken gone = context.RequestAborted;
                await HttpItems.WriteAsync(context.Response.BodyWriter, service.DownAsync(gone), gone);
            }
            catch (OperationCanceledException)
            {
                // How a reader leaves.
            }
        });
        application.StartAsync().GetAwaiter().GetResult();
        return new KestrelStreamServer(application);
    }

    public void Dispose() => _application.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
