using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SourceGen.Rpc.Hosting;

/// <summary>Fills the options of one registration from the container and the configuration, and checks the result.</summary>
internal sealed class OptionsSetup<TOptions>(Registration<TOptions> registration, IServiceProvider services)
    : IConfigureNamedOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : RpcConnectionOptions, new()
{
    /// <inheritdoc/>
    public void Configure(TOptions options) => Configure(Options.DefaultName, options);

    /// <inheritdoc/>
    public void Configure(string? name, TOptions options)
    {
        if (name != registration.Name) return;
        if (services.GetService<ILoggerFactory>() is { } loggers) options.LoggerFactory = loggers;
        registration.Supply(services, options);
        // Mistakes are reported by Validate, together with those that code made.
        if (FindSection() is { } section) registration.Read(section, options, mistakes: []);
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        if (name != registration.Name) return ValidateOptionsResult.Skip;
        List<string> mistakes = [];
        if (FindSection() is { } section) registration.Read(section, new TOptions(), mistakes);
        List<string> values = [];
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            values.Add(e.Message);
        }

        registration.Check(options, values);
        mistakes.AddRange(values.Select(registration.Describe));
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private IConfigurationSection? FindSection() => services.GetService<IConfiguration>()?.GetSection(registration.SectionPath);
}
