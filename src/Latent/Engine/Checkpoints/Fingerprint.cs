using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;

namespace Latent.Engine.Checkpoints;

/// <summary>What a resumed run must have in common with the one that made a checkpoint, each thing by name.</summary>
internal sealed class Fingerprint
{
    private const string DataEntry = "data";
    private const string ModelEntry = "model";
    private const string LengthEntry = $"{ModelEntry}.{nameof(IEmModel<,>.StatisticLength)}";

    private readonly List<FingerprintEntry> _entries = [];

    /// <summary>
    /// Model and options: of the model its type and its public numbers and words, or what it is called; of the options every field that decides the result.
    /// </summary>
    public static Fingerprint Of(object model, object options)
    {
        Fingerprint print = new();
        print.Add(ModelEntry, model as string ?? StateShape.Pretty(model.GetType()));
        PropertyInfo[] properties = model is string ? [] : model.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public);
        foreach (PropertyInfo property in properties.OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (property.GetIndexParameters().Length == 0 && TextOf(property, model) is { } text)
            {
                print.Add($"{ModelEntry}.{property.Name}", text);
            }
        }
        print.AddOptions("", options);
        return print;
    }

    /// <summary>The same with one more thing.</summary>
    public Fingerprint With<T>(string name, T value) => With(name, value, typeof(T));

    /// <summary>The same with the checksum of every chunk, or with what the caller says of the data.</summary>
    /// <exception cref="NotSupportedException">Chunks are more than data.</exception>
    public Fingerprint WithData<TChunk>(IDataSource<TChunk> data, string? name, int threads, CancellationToken cancellation)
    {
        if (name is not null)
        {
            return Add(DataEntry, name);
        }
        StateShape.Check(typeof(TChunk));
        byte[] hashes = new byte[checked(data.ChunkCount * SHA256.HashSizeInBytes)];
        ChunkSweep.Run(data.ChunkCount, threads, cancellation, chunk => StrictHash(typeof(TChunk), data.GetChunk(chunk)).CopyTo(hashes, chunk * SHA256.HashSizeInBytes));
        return Add(DataEntry, Convert.ToHexString(SHA256.HashData(hashes)));
    }

    /// <summary>The entries, as they are stored.</summary>
    public FingerprintEntry[] ToArray() => [.. _entries];

    /// <summary>Compares with what a checkpoint says.</summary>
    /// <exception cref="CheckpointException">Something differs; it is named.</exception>
    public void Check(string checkpoint, IReadOnlyList<FingerprintEntry> made)
    {
        // Other data make other families and scales, other components another length: what says most is named first.
        foreach ((string name, string text, string hash) in _entries.OrderBy(entry => entry.Name switch { ModelEntry => 0, DataEntry => 1, LengthEntry => 3, _ => 2 }))
        {
            FingerprintEntry? then = made.FirstOrDefault(entry => entry.Name == name);
            if (then?.Hash != hash)
            {
                throw Differs(checkpoint, name, text, then?.Text ?? "none");
            }
        }
        if (made.FirstOrDefault(entry => !_entries.Exists(own => own.Name == entry.Name)) is { } missing)
        {
            throw Differs(checkpoint, missing.Name, "none", missing.Text);
        }
    }

    private static CheckpointException Differs(string checkpoint, string name, string now, string then)
    {
        const string remedy = "or begin anew without resuming";
        if (name == DataEntry)
        {
            return new CheckpointException(CheckpointProblem.OtherData, $"{checkpoint}: expected a checkpoint made from these data, found one made from others. Give the data of the first run in the same order, {remedy}.");
        }
        if (name == ModelEntry || name.StartsWith(ModelEntry + ".", StringComparison.Ordinal))
        {
            string what = name == ModelEntry ? "" : $"{name[(ModelEntry.Length + 1)..]} ";
            return new CheckpointException(CheckpointProblem.OtherModel, $"{checkpoint}: expected a checkpoint of the model {what}{now}, found one of {what}{then}. Resume the model of the first run, {remedy}.");
        }
        string other = now == then ? $"another {name}" : $"{name} {then}";
        return new CheckpointException(CheckpointProblem.OtherOptions, $"{checkpoint}: expected a checkpoint made with {name} {now}, found {other}. Resume with the options of the first run, {remedy}.");
    }

    private void AddOptions(string prefix, object options)
    {
        foreach (FieldInfo field in StateShape.Of(options.GetType()).Fields)
        {
            (string name, object? value) = (prefix + StateShape.NameOf(field), field.GetValue(options));
            if (value is EmOptions inner)
            {
                AddOptions(name + ".", inner);
            }
            else
            {
                With(name, value, field.FieldType);
            }
        }
    }

    private Fingerprint With(string name, object? value, Type declared)
    {
        string text = Text(value) ?? value!.ToString() ?? "";
        return Add(name, text.Length > 80 ? string.Concat(text.AsSpan(0, 77), "...") : text, Convert.ToHexString(Hash(value, declared)));
    }

    private Fingerprint Add(string name, string text, string? hash = null)
    {
        _entries.Add(new FingerprintEntry(name, text, hash ?? text));
        return this;
    }

    // An option that is more than data, such as an initialiser of one's own that holds a delegate, counts by its type.
    private static byte[] Hash(object? value, Type declared)
    {
        try
        {
            return StrictHash(declared, value);
        }
        catch (NotSupportedException)
        {
            return StrictHash(typeof(string), value!.GetType().ToString());
        }
    }

    private static byte[] StrictHash(Type declared, object? value)
    {
        using SHA256 sha = SHA256.Create();
        using (CryptoStream stream = new(Stream.Null, sha, CryptoStreamMode.Write))
        using (StateWriter writer = new(stream))
        {
            writer.Write(declared, value);
        }
        return sha.Hash!;
    }

    /// <summary>A value that is a number, a word, or absent, as text; null for another.</summary>
    private static string? Text(object? value) => value switch
    {
        null => "none",
        string or bool or Enum => value.ToString(),
        IFormattable number when value.GetType().IsPrimitive || value is TimeSpan => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? TextOf(PropertyInfo property, object model)
    {
        try
        {
            return property.GetValue(model) is { } value ? Text(value) ?? StateShape.Pretty(value.GetType()) : null;
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }
}

/// <summary>One thing that must agree.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Text">Its value, for messages.</param>
/// <param name="Hash">What is compared.</param>
internal sealed record FingerprintEntry(string Name, string Text, string Hash);
