using Latent.Kernels;

namespace Latent.Data;

/// <summary>
/// What is known beforehand of the component of each of consecutive rows: nothing, its component, a few components that it may belong to, or a weight qₖ of each. All are one thing, a
/// factor of the joint densities: a row contributes log Σₖ qₖ·πₖ·fₖ(x) to the log-likelihood, with q scaled so that the largest is 1. Equal factors are nothing known; one alone is a known
/// label, of which the row contributes log(πₖ·fₖ(x)).
/// </summary>
/// <remarks>A row of which something is known belongs to none of the components that are not named here. The default value knows nothing of any row.</remarks>
public readonly struct KnownComponents
{
    /// <summary>What separates the components that a text names.</summary>
    public const char Separator = '|';

    private readonly ReadOnlyMemory<int> _entries;
    private readonly ReadOnlyMemory<double> _logFactors;

    private KnownComponents(ReadOnlyMemory<int> entries, ReadOnlyMemory<double> logFactors, int components)
    {
        _entries = entries;
        _logFactors = logFactors;
        Components = components;
    }

    /// <summary>The number of components that are named: the mixture has at least as many.</summary>
    public int Components { get; }

    /// <summary>Whether nothing is known of any row.</summary>
    public bool IsEmpty => Components == 0;

    /// <summary>The number of rows; 0 where nothing is known of any.</summary>
    public int Rows => IsEmpty ? 0 : _entries.IsEmpty ? _logFactors.Length / Components : _entries.Length;

    /// <summary>Known components.</summary>
    /// <param name="labels">One per row: a component from 0, or −1 where it is not known.</param>
    /// <exception cref="ArgumentException">A label is below −1, or all are −1.</exception>
    public static KnownComponents FromLabels(params ReadOnlySpan<int> labels)
    {
        int most = -1;
        foreach (int label in labels)
        {
            most = label >= -1 ? Math.Max(most, label) : throw new ArgumentException($"Expected components from 0, or -1 where one is not known, found {label}.", nameof(labels));
        }
        double[] factors = new double[(most + 1) * (most + 1)];
        Array.Fill(factors, double.NegativeInfinity);
        for (int k = 0; k <= most; k++)
        {
            factors[k * (most + 1) + k] = 0;
        }
        return most >= 0
            ? new KnownComponents(labels.ToArray(), factors, most + 1)
            : throw new ArgumentException("Expected a known component in at least one row, found none. Leave the labels out.", nameof(labels));
    }

    /// <summary>Components by name, one or several of which a row may belong to.</summary>
    /// <param name="texts">One per row: a name, several separated by <see cref="Separator"/>, or null or empty where nothing is known.</param>
    /// <param name="names">The distinct names, the components' in their order: as numbers if all are numbers, else by character.</param>
    /// <exception cref="ArgumentException">A text names nothing between two separators, or no row has a name.</exception>
    public static KnownComponents Parse(IReadOnlyList<string?> texts, out IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Dictionary<string, string[]> sets = [];
        foreach (string? text in texts)
        {
            if (!string.IsNullOrWhiteSpace(text) && !sets.ContainsKey(text))
            {
                string[] parts = text.Split(Separator, StringSplitOptions.TrimEntries);
                sets[text] = parts.All(part => part.Length > 0)
                    ? parts
                    : throw new ArgumentException($"Expected names separated by '{Separator}', found '{text}'. Leave the field empty where nothing is known.", nameof(texts));
            }
        }
        string[] ordered = Ordered(sets.Values.SelectMany(parts => parts).Distinct(StringComparer.Ordinal));
        if (ordered.Length == 0)
        {
            throw new ArgumentException("Expected a name in at least one row, found none. Leave the labels out.", nameof(texts));
        }
        names = ordered;
        Dictionary<string, int> places = [];
        double[] factors = new double[sets.Count * ordered.Length];
        Array.Fill(factors, double.NegativeInfinity);
        foreach ((string text, string[] parts) in sets)
        {
            foreach (string part in parts)
            {
                factors[places.Count * ordered.Length + Array.IndexOf(ordered, part)] = 0;
            }
            places.Add(text, places.Count);
        }
        return new KnownComponents(texts.Select(text => string.IsNullOrWhiteSpace(text) ? -1 : places[text]).ToArray(), factors, ordered.Length);
    }

    /// <summary>Weights of the components, row by row, such as another classifier's or a person's belief.</summary>
    /// <param name="weights">Row-major, rows × <paramref name="components"/>, of any scale; a row of NaN knows nothing.</param>
    /// <param name="components">The number of components that are named.</param>
    /// <exception cref="ArgumentException">A row's weights are negative, infinite, partly NaN or all zero, or their number is no multiple.</exception>
    public static KnownComponents FromWeights(ReadOnlySpan<double> weights, int components)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        if (weights.IsEmpty || weights.Length % components != 0)
        {
            throw new ArgumentException($"Expected a positive multiple of {components} weights, found {weights.Length}.", nameof(weights));
        }
        double[] factors = new double[weights.Length];
        for (int at = 0; at < weights.Length; at += components)
        {
            ReadOnlySpan<double> row = weights.Slice(at, components);
            double most = 0;
            int missing = 0;
            foreach (double weight in row)
            {
                missing += double.IsNaN(weight) ? 1 : 0;
                most = weight >= 0 || double.IsNaN(weight) ? Math.Max(most, double.IsNaN(weight) ? 0 : weight) : double.PositiveInfinity;
            }
            if (missing == components)
            {
                factors.AsSpan(at, components).Fill(double.NaN);
                continue;
            }
            if (missing > 0 || !(most > 0) || double.IsPositiveInfinity(most))
            {
                throw new ArgumentException($"Expected finite weights of zero or more, one of them positive, found {string.Join(", ", row.ToArray())} at row index {at / components}. Use NaN throughout where nothing is known.", nameof(weights));
            }
            for (int k = 0; k < components; k++)
            {
                factors[at + k] = Elementary.Log(row[k] / most);
            }
        }
        return new KnownComponents(default, factors, components);
    }

    /// <summary>log q of a component for a row: 0 where nothing is known, −∞ where the row cannot belong to it.</summary>
    /// <param name="row">The row, in [0, <see cref="Rows"/>).</param>
    /// <param name="component">The component, from 0; those beyond <see cref="Components"/> are excluded where anything is known.</param>
    public double LogFactor(int row, int component)
    {
        if (IsEmpty)
        {
            return 0;
        }
        int entry = _entries.IsEmpty ? row : _entries.Span[row];
        if (entry < 0)
        {
            return 0;
        }
        ReadOnlySpan<double> factors = _logFactors.Span.Slice(entry * Components, Components);
        return double.IsNaN(factors[0]) ? 0 : component < factors.Length ? factors[component] : double.NegativeInfinity;
    }

    /// <summary>Whether anything is known of a row.</summary>
    public bool Knows(int row) => double.IsNegativeInfinity(LogFactor(row, Components));

    /// <summary>What is known of rows [<paramref name="start"/>, start + <paramref name="count"/>), without a copy.</summary>
    public KnownComponents Slice(int start, int count) => IsEmpty ? this : new KnownComponents(
        _entries.IsEmpty ? default : _entries.Slice(start, count),
        _entries.IsEmpty ? _logFactors.Slice(start * Components, count * Components) : _logFactors,
        Components);

    /// <summary>What is known of some rows, in the order given.</summary>
    internal KnownComponents Take(IReadOnlyList<int> rows)
    {
        if (IsEmpty)
        {
            return this;
        }
        if (!_entries.IsEmpty)
        {
            int[] entries = new int[rows.Count];
            for (int i = 0; i < entries.Length; i++)
            {
                entries[i] = _entries.Span[rows[i]];
            }
            return new KnownComponents(entries, _logFactors, Components);
        }
        double[] factors = new double[rows.Count * Components];
        for (int i = 0; i < rows.Count; i++)
        {
            _logFactors.Span.Slice(rows[i] * Components, Components).CopyTo(factors.AsSpan(i * Components));
        }
        return new KnownComponents(default, factors, Components);
    }

    private static string[] Ordered(IEnumerable<string> names)
    {
        string[] all = [.. names];
        double[] numbers = new double[all.Length];
        bool numeric = true;
        for (int i = 0; i < all.Length; i++)
        {
            numeric &= double.TryParse(all[i], System.Globalization.CultureInfo.InvariantCulture, out numbers[i]);
        }
        return numeric ? [.. all.OrderBy(name => numbers[Array.IndexOf(all, name)]).ThenBy(name => name, StringComparer.Ordinal)] : [.. all.Order(StringComparer.Ordinal)];
    }
}
