namespace SourceGen.Rpc.MessagePack;

/// <summary>Writes one value as MessagePack.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="writer">Where the bytes go.</param>
/// <param name="value">The value.</param>
public delegate void MessagePackWrite<T>(ref MessagePackWriter writer, in T value);

/// <summary>Reads one value from MessagePack.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="reader">Where the bytes come from.</param>
public delegate T MessagePackRead<out T>(ref MessagePackReader reader);
