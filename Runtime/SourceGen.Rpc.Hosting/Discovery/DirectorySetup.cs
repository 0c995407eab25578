using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting.Configuration;

namespace SourceGen.Rpc.Hosting.Discovery;

/// <summary>Fills the options of the host's directory from the container and the configuration, and checks the result.</summary>
internal sealed class DirectorySetup(IServiceProvider services)
    : IConfigureOptions<ServiceDirectoryOptions>, IValidateOptions<ServiceDirectoryOptions>
{
    private const string SectionPath = "Rpc:Directory";

    /// <summary>Creates the directory; the container calls it once.</summary>
    public static IServiceDirectory Create(IServiceProvider services) => new ServiceDirectory(
        services.GetRequiredService<IRegistry>(), services.GetRequiredService<IOptions<ServiceDirectoryOptions>>().Value);

    /// <inheritdoc/>
    public void Configure(ServiceDirectoryOptions options)
    {
        if (services.GetService<ILoggerFactory>() is { } loggers) options.LoggerFactory = loggers;
        Read(options, mistakes: []); // Mistakes are reported by Validate, together with those that code made.
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ServiceDirectoryOptions options)
    {
        List<string> mistakes = [];
        Read(new ServiceDirectoryOptions(), mistakes);
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            mistakes.Add($"The service directory: {e.Message} (Configuration: {SectionPath}.)");
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private void Read(ServiceDirectoryOptions options, ICollection<string> mistakes)
    {
        if (services.GetService<IConfiguration>()?.GetSection(SectionPath) is not { } section) return;
        SectionReader reader = new(section, mistakes);
        reader.Duration("Grace", value => options.Grace = value);
        reader.Duration("RefreshInterval", value => options.RefreshInterval = value);
        reader.Duration("RetryDelay", value => options.RetryDelay = value);
        reader.Duration("MaxRetryDelay", value => options.MaxRetryDelay = value);
        reader.Text("CachePath", value => options.CachePath = value);
        reader.Count("MaxServices", value => options.MaxServices = value);
        reader.ReportUnknownKeys();
    }
}
