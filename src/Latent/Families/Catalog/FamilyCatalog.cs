using Latent.Data;

namespace Latent.Families;

/// <summary>All families by name, as the command and saved models know them. A new one is a line here.</summary>
public static class FamilyCatalog
{
    // Bounds on widths, in units of the column: as for Gaussian components.
    private const double Floor = 1e-8;

    private static readonly Dictionary<string, Entry> _entries = new()
    {
        ["bernoulli"] = new((_, _, _) => ProductPart.Of(new BernoulliFamily())),
        ["categorical"] = new((_, columns, _) => ProductPart.Of(new CategoricalFamily(columns[0].Levels.Count > 0
            ? columns[0].Levels
            : throw new ArgumentException($"Expected a categorical column, found the numbers of '{columns[0].Name}'.")))),
        ["multinomial"] = new((choice, _, _) => ProductPart.Of(new MultinomialFamily(choice.Columns)), Joint: true),
        ["poisson"] = new((_, _, _) => ProductPart.Of(new PoissonFamily())),
        ["binomial"] = new((choice, _, _) => ProductPart.Of(new BinomialFamily(Count(choice, 0))), Defaults: range => [Math.Max(1, range.Most)], Arguments: 1),
        ["geometric"] = new((_, _, _) => ProductPart.Of(new GeometricFamily())),
        ["negative-binomial"] = new((_, _, ranges) => ProductPart.Of(new NegativeBinomialFamily((int)Math.Clamp(ranges[0].Most, 0, int.MaxValue)))),
        ["zero-inflated-poisson"] = new((_, _, _) => ProductPart.Of(new ZeroInflatedPoissonFamily())),
        ["exponential"] = new((_, _, ranges) => ProductPart.Of(new ExponentialFamily(Least(ranges[0])))),
        ["gamma"] = new((_, _, _) => ProductPart.Of(new GammaFamily())),
        ["weibull"] = new((_, _, _) => ProductPart.Of(new WeibullFamily())),
        ["lognormal"] = new((_, _, _) => ProductPart.Of(new LogNormalFamily())),
        ["normal"] = new((_, _, ranges) => ProductPart.Of(new NormalFamily(LeastVariance(ranges[0])))),
        ["gaussian"] = new((choice, _, ranges) => Block(choice, ranges), Joint: true),
        ["beta"] = new((_, _, _) => ProductPart.Of(new BetaFamily())),
        ["von-mises"] = new((_, _, _) => ProductPart.Of(new VonMisesFamily())),
        ["von-mises-fisher"] = new((choice, _, _) => ProductPart.Of(new VonMisesFisherFamily(choice.Columns)), Joint: true),
        ["uniform"] = new((choice, _, _) => ProductPart.Of(new UniformFamily(choice.Arguments[0], choice.Arguments[1])), Defaults: range => [range.Least, range.Most], Arguments: 2),
        ["censored-exponential"] = new((_, _, ranges) => ProductPart.Of(new CensoredExponentialFamily(Least(ranges[0]))), Width: 2),
        ["censored-weibull"] = new((_, _, _) => ProductPart.Of(new WeibullFamily(censored: true)), Width: 2),
        ["censored-normal"] = new((_, _, ranges) => ProductPart.Of(new CensoredNormalFamily(LeastVariance(ranges[0]))), Width: 2),
        ["truncated-exponential"] = new((choice, _, ranges) => ProductPart.Of(new TruncatedExponentialFamily(choice.Arguments[0], choice.Arguments[1], Least(ranges[0]))), Arguments: 2),
        ["truncated-weibull"] = new((choice, _, _) => ProductPart.Of(new TruncatedWeibullFamily(choice.Arguments[0], choice.Arguments[1])), Arguments: 2),
        ["truncated-normal"] = new((choice, _, ranges) => ProductPart.Of(new TruncatedNormalFamily(choice.Arguments[0], choice.Arguments[1], LeastVariance(ranges[0]))), Arguments: 2),
    };

    /// <summary>The names of all families.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _entries.Keys];

    /// <summary>Whether a family takes any number of columns as one block.</summary>
    public static bool IsJoint(string name) => _entries.TryGetValue(name, out Entry? entry) && entry.Joint;

    /// <summary>The columns of one block of the family; 0 for any number.</summary>
    public static int Width(string name) => IsJoint(name) ? 0 : _entries.TryGetValue(name, out Entry? entry) ? entry.Width : 1;

    /// <summary>The choice with arguments that were left out taken from the data.</summary>
    /// <exception cref="ArgumentException">The number of columns or of arguments is wrong.</exception>
    public static FamilyChoice Resolve(FamilyChoice choice, ColumnRange range)
    {
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(range);
        Entry entry = Find(choice.Name);
        FamilyChoice resolved = choice.Arguments.Count == 0 && entry.Defaults is { } defaults ? choice with { Arguments = defaults(range) } : choice;
        if (resolved.Arguments.Count != entry.Arguments)
        {
            throw new ArgumentException($"Expected {entry.Arguments} numbers for the family {choice.Name}, as in {choice.Name}{string.Concat(Enumerable.Repeat(":0", entry.Arguments))}, found {resolved.Arguments.Count}.", nameof(choice));
        }
        return entry.Joint || resolved.Columns == entry.Width
            ? resolved
            : throw new ArgumentException($"Expected {entry.Width} columns for the family {choice.Name}, found {resolved.Columns}.", nameof(choice));
    }

    /// <summary>The product of the chosen families over the columns of a table, in order.</summary>
    /// <param name="choices">Resolved choices, whose columns add up to those of the schema.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="ranges">What is known of them, or null.</param>
    /// <param name="constraints">What is held, bounded or shared in the components; null for nothing.</param>
    /// <exception cref="ArgumentException">The columns do not add up, an argument is out of range, or a constraint is on no parameter of theirs.</exception>
    public static ProductFamily Create(
        IReadOnlyList<FamilyChoice> choices, Schema schema, IReadOnlyList<ColumnRange>? ranges = null, IReadOnlyList<FamilyConstraint>? constraints = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        ArgumentNullException.ThrowIfNull(schema);
        if (choices.Sum(choice => choice.Columns) != schema.Count)
        {
            throw new ArgumentException($"Expected families for {schema.Count} columns, found them for {choices.Sum(choice => choice.Columns)}.", nameof(choices));
        }
        List<ProductPart> parts = [];
        HashSet<FamilyConstraint> met = [];
        int first = 0;
        foreach (FamilyChoice choice in choices)
        {
            Column[] columns = [.. schema.Skip(first).Take(choice.Columns)];
            ProductPart part = Find(choice.Name).Make(choice, columns, [.. ranges?.Skip(first).Take(choice.Columns) ?? Enumerable.Repeat(ColumnRange.Unknown, choice.Columns)]);
            FamilyConstraint[] own = [.. (constraints ?? []).Where(found => part.Constrained is not null && part.ParameterNames.Contains(found.Constraint.Parameter)
                && (found.Column is null || Array.Exists(columns, column => column.Name == found.Column)))];
            met.UnionWith(own);
            parts.Add(own.Length == 0 ? part : part.Constrained!([.. own.Select(found => found.Constraint)]));
            first += choice.Columns;
        }
        return constraints?.FirstOrDefault(constraint => !met.Contains(constraint)) is { } stray
            ? throw new ArgumentException($"Expected constraints on single parameters of the columns ({string.Join("; ", schema.Zip(Describe(parts), (column, names) => $"{column.Name}: {names}"))}), found '{stray}'.", nameof(constraints))
            : new ProductFamily(parts);
    }

    private static IEnumerable<string> Describe(IEnumerable<ProductPart> parts) => parts.SelectMany(part => Enumerable.Repeat(
        part.Constrained is null && part.Family is not IOrderedFamily ? "none" : string.Join(", ", part.ParameterNames), part.Columns));

    private static Entry Find(string name) => _entries.TryGetValue(name, out Entry? entry)
        ? entry
        : throw new ArgumentException($"Expected a family, one of {string.Join(", ", Names)}, found '{name}'.", nameof(name));

    private static int Count(FamilyChoice choice, int index) => choice.Arguments[index] is >= 1 and < int.MaxValue && choice.Arguments[index] == Math.Floor(choice.Arguments[index])
        ? (int)choice.Arguments[index]
        : throw new ArgumentException($"Expected a whole number of one or more for the family {choice.Name}, found {choice.Arguments[index]:R}.");

    private static ProductPart Block(FamilyChoice choice, ColumnRange[] ranges)
    {
        double[] variances = Array.ConvertAll(ranges, range => range.Variance);
        CovarianceFloor floor = Array.TrueForAll(variances, variance => variance > 0) ? CovarianceFloor.RelativeTo(variances, Floor) : CovarianceFloor.None;
        return ProductPart.Of<FullGaussianFamily, Gaussian>(new FullGaussianFamily(choice.Columns, floor), choice.Columns);
    }

    private static double Least(ColumnRange range) => range.Mean > 0 ? Floor * range.Mean : 1e-300;

    private static double LeastVariance(ColumnRange range) => range.Variance > 0 ? Floor * range.Variance : 1e-300;

    /// <summary>How a family is made.</summary>
    private sealed record Entry(
        Func<FamilyChoice, IReadOnlyList<Column>, ColumnRange[], ProductPart> Make, Func<ColumnRange, double[]>? Defaults = null, int Arguments = 0, bool Joint = false, int Width = 1);
}
