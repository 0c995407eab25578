using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SourceGen.Rpc.Hosting;

/// <summary>One server or client that was added to a service collection.</summary>
/// <typeparam name="TOptions">Its options.</typeparam>
internal abstract class Registration<TOptions>(string name, string sectionPath, string title)
    where TOptions : RpcConnectionOptions, new()
{
    /// <summary>The name of its options, and the key it is injected by; empty for the one without a name.</summary>
    public string Name { get; } = name;

    /// <summary>Where its configuration stands, such as <c>Rpc:Server</c>.</summary>
    public string SectionPath { get; } = sectionPath;

    /// <summary>What errors and logs call it.</summary>
    public string Title { get; } = title;

    /// <summary>
    /// Makes its options known: configuration first, so that code may change what it says, and checked when the host starts.
    /// </summary>
    public void AddOptions(IServiceCollection services)
    {
        services.AddOptions<TOptions>(Name).ValidateOnStart();
        services.AddSingleton<IConfigureOptions<TOptions>>(provider => new OptionsSetup<TOptions>(this, provider));
        services.AddSingleton<IValidateOptions<TOptions>>(provider => new OptionsSetup<TOptions>(this, provider));
    }

    /// <summary>Says whose mistake it is, and where its configuration stands.</summary>
    public string Describe(string mistake) => $"The {Title}: {mistake} (Configuration: {SectionPath}.)";

    /// <summary>Gets its options, configured and checked.</summary>
    /// <exception cref="OptionsValidationException">They hold mistakes.</exception>
    public TOptions GetOptions(IServiceProvider services) => services.GetRequiredService<IOptionsMonitor<TOptions>>().Get(Name);

    /// <summary>Gives the options what they take from the container; configuration and code come after it.</summary>
    public abstract void Supply(IServiceProvider services, TOptions options);

    /// <summary>Reads a configuration section into options, and adds what is wrong with the section.</summary>
    public abstract void Read(IConfigurationSection section, TOptions options, ICollection<string> mistakes);

    /// <summary>Adds what is wrong with the options beside what they find out themselves.</summary>
    public abstract void Check(TOptions options, ICollection<string> mistakes);
}
