namespace Latent.Mixtures;

/// <summary>
/// How a start of a mixture is made. One initialiser serves every family; derive from it to write another. Different starts compete
/// (see <see cref="RacePlan"/>), so that an initialiser need not be good every time.
/// </summary>
public abstract record MixtureInitializer
{
    private static readonly Dictionary<string, MixtureInitializer> _named = new MixtureInitializer[]
    {
        new PlusPlusInitializer(),
        new RandomCentresInitializer(),
        new RandomPartitionInitializer(),
        new HierarchicalInitializer(),
        new ShortRunsInitializer(),
        new SplitInitializer(),
        new AnnealingInitializer(),
        new LabelInitializer(),
    }.ToDictionary(initializer => initializer.Name);

    /// <summary>What <see cref="StartReport"/> and the command call it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it makes the same start each time, so that it takes part in a race once.</summary>
    public virtual bool IsDeterministic => false;

    /// <summary>The names of the initialisers that come with the library.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _named.Keys];

    /// <summary>The default: starts of several kinds, since no kind is best on all data.</summary>
    public static IReadOnlyList<MixtureInitializer> Default { get; } = [new PlusPlusInitializer(), new RandomCentresInitializer(), new RandomPartitionInitializer()];

    /// <summary>What takes part beside <see cref="Default"/> where the data are few: each makes the same start each time, from a view of all groups at once.</summary>
    internal static IReadOnlyList<MixtureInitializer> Guided { get; } = [new HierarchicalInitializer(MostRows: 500), new SplitInitializer()];

    /// <summary>An initialiser with its default settings.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such name.</exception>
    public static MixtureInitializer Named(string name) => _named.TryGetValue(name, out MixtureInitializer? initializer)
        ? initializer
        : throw new ArgumentException($"Expected an initialiser, one of {string.Join(", ", Names)}, found '{name}'.", nameof(name));

    /// <summary>Makes a start.</summary>
    /// <typeparam name="TComponent">The parameters of one component.</typeparam>
    /// <param name="context">The data, the model, the randomness of this start, and the common ways to make parameters of a partition.</param>
    /// <returns>As many components as <see cref="StartContext{TComponent}.Model"/> has.</returns>
    /// <exception cref="DegenerateStartException">The data do not allow it; the start is dropped and reported, and others go on.</exception>
    public abstract Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context);

    /// <summary>The initialisers of so many starts: all in order, then again those that are not deterministic.</summary>
    internal static MixtureInitializer[] Lineup(IReadOnlyList<MixtureInitializer> initializers, int starts)
    {
        MixtureInitializer[] repeatable = [.. initializers.Where(initializer => !initializer.IsDeterministic)];
        int count = repeatable.Length > 0 ? starts : Math.Min(starts, initializers.Count);
        MixtureInitializer[] lineup = new MixtureInitializer[count];
        for (int start = 0; start < count; start++)
        {
            lineup[start] = start < initializers.Count ? initializers[start] : repeatable[(start - initializers.Count) % repeatable.Length];
        }
        return lineup;
    }
}
