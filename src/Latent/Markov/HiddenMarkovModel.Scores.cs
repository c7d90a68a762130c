using Latent.Data;
using Latent.Families;

namespace Latent.Markov;

/// <content>
/// Natural parameters: initial and transition probabilities (none for a single state, and none that the structure fixes), then those of each state's emission. The score of a
/// sequence is that of its complete data, expected over the paths [Louis1982]: γ₁(i)/πᵢ, Σₜ ξₜ(i, j)/Aᵢⱼ and Σₜ γₜ(k)·∂ log b(xₜ; θₖ)/∂θₖ.
/// </content>
public sealed partial class HiddenMarkovModel<TComponent> : IScores<HiddenMarkov<TComponent>, SequenceChunk>
{
    /// <summary>Names of the columns, which the names of natural parameters repeat; x1, x2, … by default.</summary>
    public IReadOnlyList<string> ColumnNames
    {
        get => field ??= Schema.Numbered(Columns).Names;
        init => field = value.Count == Columns ? value : throw new ArgumentException($"Expected {Columns} column names, found {value.Count}.", nameof(value));
    }

    /// <summary>Whether the family has scores; models with durations or with shared emissions have none.</summary>
    public bool HasScores => Family is IScoreFamily<TComponent> && Durations is null && First is null && Covariates is null;

    private NaturalComponents<TComponent> NaturalEmissions => field ??= new(Family, States, ColumnNames);

    /// <summary>The initial and transition probabilities that are parameters: −1 and the state, or from and to.</summary>
    private (int From, int To)[] NaturalChain => field ??=
    [
        .. Enumerable.Range(-1, States + 1).SelectMany(from => Enumerable.Range(0, States)
            .Where(to => IsPossible(from, to) && Enumerable.Range(0, States).Count(other => IsPossible(from, other)) > 1)
            .Select(to => (from, to))),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(HiddenMarkov<TComponent> parameters) =>
    [
        .. NaturalChain.Select(place => new NaturalParameter(
            place.From < 0 ? $"initial[{place.To + 1}]" : $"transition[{place.From + 1}, {place.To + 1}]", ParameterScale.Logit)),
        .. NaturalDurations,
        .. NaturalLogits,
        .. NaturalEmissions.Names,
    ];

    /// <inheritdoc/>
    public void WriteNaturalParameters(HiddenMarkov<TComponent> parameters, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        (int From, int To)[] chain = NaturalChain;
        for (int index = 0; index < chain.Length; index++)
        {
            values[index] = Probabilities(parameters, chain[index].From)[chain[index].To];
        }
        int next = chain.Length;
        WriteNaturalDurations(parameters, values, ref next);
        WriteNaturalLogits(parameters, values, ref next);
        NaturalEmissions.Write(parameters.Emissions.AsSpan(), values[next..]);
    }

    /// <inheritdoc/>
    public void AddScores(HiddenMarkov<TComponent> parameters, SequenceChunk chunk, ScoreSum sum)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IScoreFamily<TComponent> family = (IScoreFamily<TComponent>)Family;
        ForwardBackward<TComponent> workspace = Rent();
        EmissionTiles<TComponent> tiles = new(Family, Columns, States);
        double[] first = new double[States];
        double[] transition = new double[States * States];
        double[] emissions = new double[States * NaturalEmissions.PerComponent];
        double[] score = new double[sum.Length];
        for (int sequence = 0; sequence < chunk.Sequences; sequence++)
        {
            double weight = chunk.Weight(sequence);
            if (!(weight > 0) || chunk.Offsets[sequence] == chunk.Offsets[sequence + 1])
            {
                continue;
            }
            transition.AsSpan().Clear();
            emissions.AsSpan().Clear();
            double found = workspace.Complete(parameters, chunk, sequence, transition, Add, Restart);
            Join(parameters, first, transition, emissions, score);
            if (!double.IsFinite(found))
            {
                score.AsSpan().Fill(double.NaN);
            }
            sum.Add(weight, score);
        }
        Return(workspace);

        // The last call is that of the first steps.
        void Add(int start, int count, ReadOnlySpan<double> posteriors, int width)
        {
            tiles.AddScores(family, parameters, chunk, start, count, posteriors, emissions);
            posteriors[..States].CopyTo(first);
        }

        void Restart() => emissions.AsSpan().Clear();
    }

    private void Join(HiddenMarkov<TComponent> parameters, double[] first, double[] transition, double[] emissions, double[] score)
    {
        (int From, int To)[] chain = NaturalChain;
        Array.Clear(score);
        for (int index = 0; index < chain.Length; index++)
        {
            (int from, int to) = chain[index];
            double probability = Probabilities(parameters, from)[to];
            double count = from < 0 ? first[to] : transition[from * States + to];
            score[index] = probability > 0 ? count / probability : 0;
        }
        for (int index = 0; index < emissions.Length; index++)
        {
            score[chain.Length + NaturalEmissions.Slots[index]] += emissions[index];
        }
    }

    private bool IsPossible(int from, int to) => from < 0 ? Structure.AllowsInitial(to) : Covariates is not null ? false : Durations is null ? Structure.Allows(from, to, States) : IsMove(from, to);
}
