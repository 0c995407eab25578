using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>
/// Reads one configuration section key by key, without reflection. It collects every mistake instead of stopping at the first, and in
/// the end knows which keys nobody asked for.
/// </summary>
internal sealed class SectionReader(IConfigurationSection section, ICollection<string> mistakes)
{
    private readonly List<string> _known = [];

    /// <summary>Reads a text.</summary>
    public void Text(string key, Action<string> set)
    {
        if (TryGetValue(key, out string value)) set(value);
    }

    /// <summary>Reads a text that has a form, which the reader of it explains when it is wrong.</summary>
    public void Parsed(string key, Action<string> parse)
    {
        if (!TryGetValue(key, out string value)) return;
        try
        {
            parse(value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            mistakes.Add($"{section.Path}:{key} is '{value}': {e.Message}");
        }
    }

    /// <summary>Reads true or false.</summary>
    public void Switch(string key, Action<bool> set)
    {
        if (!TryGetValue(key, out string value)) return;
        if (bool.TryParse(value, out bool parsed)) set(parsed);
        else Mistake(key, value, "true or false");
    }

    /// <summary>Reads a number of things.</summary>
    public void Count(string key, Action<int> set)
    {
        if (!TryGetValue(key, out string value)) return;
        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int parsed)) set(parsed);
        else Mistake(key, value, "a whole number, such as 1000");
    }

    /// <summary>Reads a number that may have a fraction.</summary>
    public void Number(string key, Action<double> set)
    {
        if (!TryGetValue(key, out string value)) return;
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed)) set(parsed);
        else Mistake(key, value, "a number, such as 0.1");
    }

    /// <summary>Reads a number of bytes that fits 32 bits.</summary>
    public void Size(string key, Action<int> set) => LargeSize(key, bytes => set((int)bytes), int.MaxValue);

    /// <summary>Reads a number of bytes.</summary>
    public void LargeSize(string key, Action<long> set, long max = long.MaxValue)
    {
        if (!TryGetValue(key, out string value)) return;
        if (!SizeFormat.TryParse(value, out long parsed)) Mistake(key, value, SizeFormat.Description);
        else if (parsed > max) Mistake(key, value, $"at most {max.ToString("N0", CultureInfo.InvariantCulture)} bytes");
        else set(parsed);
    }

    /// <summary>Reads a span of time.</summary>
    public void Duration(string key, Action<TimeSpan> set)
    {
        if (!TryGetValue(key, out string value)) return;
        if (DurationFormat.TryParse(value, out TimeSpan parsed)) set(parsed);
        else Mistake(key, value, DurationFormat.Description);
    }

    /// <summary>Reads a span of time, or the word <c>infinite</c>.</summary>
    public void DurationOrInfinite(string key, Action<TimeSpan> set)
    {
        if (!TryGetValue(key, out string value)) return;
        if (value.Equals("infinite", StringComparison.OrdinalIgnoreCase)) set(Timeout.InfiniteTimeSpan);
        else if (DurationFormat.TryParse(value, out TimeSpan parsed)) set(parsed);
        else Mistake(key, value, $"{DurationFormat.Description}, or infinite");
    }

    /// <summary>Reads a list, or one text whose entries are separated by semicolons, as environment variables write it.</summary>
    public void List(string key, Action<string> add)
    {
        _known.Add(key);
        IConfigurationSection list = section.GetSection(key);
        if (list.Value is { } text)
        {
            foreach (string entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) add(entry);
        }

        foreach (IConfigurationSection entry in list.GetChildren())
        {
            if (entry.Value is { } value) add(value);
            else mistakes.Add($"{entry.Path} is a section; it must be a text, such as \"{entry.Path}\": \"tcp://127.0.0.1:5000\".");
        }
    }

    /// <summary>Reads a section whose keys are the user's to choose, each with a text.</summary>
    /// <param name="key">The section's key.</param>
    /// <param name="set">Takes a key and its text; throws <see cref="ArgumentException"/> if it does not like them.</param>
    public void Pairs(string key, Action<string, string> set)
    {
        _known.Add(key);
        IConfigurationSection pairs = section.GetSection(key);
        if (!string.IsNullOrEmpty(pairs.Value))
        {
            mistakes.Add($"{pairs.Path} is '{pairs.Value}'; it must be a section with keys of its own.");
        }

        foreach (IConfigurationSection pair in pairs.GetChildren())
        {
            if (pair.Value is not { } value)
            {
                mistakes.Add($"{pair.Path} is a section; it must be a single value.");
                continue;
            }

            try
            {
                set(pair.Key, value);
            }
            catch (ArgumentException e)
            {
                mistakes.Add($"{pair.Path}: {e.Message}");
            }
        }
    }

    /// <summary>Reads a section within this one.</summary>
    public void Section(string key, Action<SectionReader> read)
    {
        _known.Add(key);
        IConfigurationSection inner = section.GetSection(key);
        if (!string.IsNullOrEmpty(inner.Value))
        {
            mistakes.Add($"{inner.Path} is '{inner.Value}'; it must be a section with keys of its own.");
        }

        SectionReader reader = new(inner, mistakes);
        read(reader);
        reader.ReportUnknownKeys();
    }

    /// <summary>Reads a section within this one if it is there.</summary>
    public void OptionalSection(string key, Action<SectionReader> read)
    {
        if (section.GetSection(key).Exists()) Section(key, read);
        else _known.Add(key);
    }

    /// <summary>Reads a section of sections, whose keys are the user's to choose.</summary>
    /// <param name="key">The section's key.</param>
    /// <param name="read">Takes the key of one and reads it.</param>
    public void Sections(string key, Action<string, SectionReader> read)
    {
        _known.Add(key);
        IConfigurationSection sections = section.GetSection(key);
        if (!string.IsNullOrEmpty(sections.Value))
        {
            mistakes.Add($"{sections.Path} is '{sections.Value}'; it must be a section with keys of its own.");
        }

        SectionReader all = new(sections, mistakes);
        foreach (IConfigurationSection inner in sections.GetChildren()) all.Section(inner.Key, reader => read(inner.Key, reader));
    }

    /// <summary>Reads one of the words of an enumeration; case does not matter.</summary>
    public void Choice<TEnum>(string key, Action<TEnum> set)
        where TEnum : struct, Enum
    {
        if (!TryGetValue(key, out string value)) return;
        string[] words = Enum.GetNames<TEnum>();
        if (words.Contains(value, StringComparer.OrdinalIgnoreCase)) set(Enum.Parse<TEnum>(value, ignoreCase: true));
        else Mistake(key, value, string.Join(" or ", words));
    }

    /// <summary>Adds a mistake that concerns the section as a whole.</summary>
    public void Complain(string what) => mistakes.Add($"{section.Path}: {what}");

    /// <summary>Adds a mistake for every key that was not asked for.</summary>
    public void ReportUnknownKeys()
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) continue;
            string? meant = Spelling.FindNearest(child.Key, _known);
            string advice = meant is null ? $"The keys of {section.Path} are {string.Join(", ", _known)}." : $"Did you mean {meant}?";
            mistakes.Add($"{child.Path} is not a known key. {advice}");
        }
    }

    private bool TryGetValue(string key, out string value)
    {
        _known.Add(key);
        IConfigurationSection entry = section.GetSection(key);
        value = entry.Value ?? "";
        if (entry.Value is null && entry.GetChildren().Any()) mistakes.Add($"{entry.Path} is a section; it must be a single value.");
        return entry.Value is not null;
    }

    private void Mistake(string key, string value, string form) => mistakes.Add($"{section.Path}:{key} is '{value}'; it must be {form}.");
}
