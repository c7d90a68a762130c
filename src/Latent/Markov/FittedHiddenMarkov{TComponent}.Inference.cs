using Latent.Data;
using Latent.Engine;
using Latent.Numerics;

namespace Latent.Markov;

/// <content>How sure the parameters are.</content>
public sealed partial class FittedHiddenMarkov<TComponent>
{
    // With fewer expected steps of a kind than this its probability is on its way to zero.
    private const double NoSteps = 1e-3;

    /// <inheritdoc/>
    public override ParameterEstimates StandardErrors(SequenceSource sequences, StandardErrorOptions? options = null, CancellationToken cancellation = default)
    {
        if (For(sequences) is { } other)
        {
            return other.StandardErrors(sequences, options, cancellation);
        }
        options ??= new StandardErrorOptions();
        HiddenMarkovModel<TComponent> named = Named();
        if (options.Method != StandardErrorMethod.ObservedInformation && sequences.Sequences <= named.FreeParameters)
        {
            throw new ArgumentException(
                $"Expected more sequences than the {named.FreeParameters} free parameters for the method {options.Method}, which compares sequences, found {sequences.Sequences}. Use {nameof(StandardErrorMethod.ObservedInformation)} or the bootstrap.", nameof(sequences));
        }
        return Latent.StandardErrors.Of(named, sequences, Interior(named, sequences, options, cancellation), options, cancellation);
    }

    /// <inheritdoc/>
    public override BootstrapResult Bootstrap(SequenceSource sequences, BootstrapOptions? options = null, CancellationToken cancellation = default)
    {
        if (For(sequences) is { } other)
        {
            return other.Bootstrap(sequences, options, cancellation);
        }
        options ??= new BootstrapOptions { Kind = BootstrapKind.Parametric };
        if (options.Kind != BootstrapKind.Parametric)
        {
            throw new NotSupportedException($"Expected the kind {BootstrapKind.Parametric} for a hidden Markov model, whose steps are not independent, found {options.Kind}.");
        }
        Draw([], null, 1);
        int[] copies = Copies(sequences);
        bool ordered = Model.Structure != ChainStructure.Free with { Stationary = Model.Structure.Stationary } || !sequences.Labels.IsEmpty || States == 1 || !Model.EmissionOf.IsEmpty;
        double[] reference = ordered ? [] : Posteriors(sequences, options.Threads);
        return Latent.Bootstrap.Of<HiddenMarkov<TComponent>, SequenceChunk>(
            Named(), random => Replicate(sequences, copies, random), Parameters, options, ordered ? null : replicate => Align(sequences, reference, replicate), cancellation);
    }

    private HiddenMarkovModel<TComponent> Named() => new(Model.Family, Model.States, Model.Columns, Model.Structure, Model.Prior) { ColumnNames = ColumnNames, Durations = Model.Durations, EmissionOf = Model.EmissionOf, Covariates = Model.Covariates };

    /// <summary>The parameters without probabilities that are on their way to zero.</summary>
    private HiddenMarkov<TComponent> Interior(HiddenMarkovModel<TComponent> model, SequenceSource sequences, StandardErrorOptions options, CancellationToken cancellation)
    {
        EmOptions passes = new() { Threads = options.Threads, Communicator = options.Communicator };
        double[] statistic = Sweep.Statistic(model, sequences, Parameters, passes, cancellation);
        MarkovStatistic sums = new(statistic, States);
        double[] initial = Initial.ToArray();
        double[] transition = Transition.ToArray();
        if (!Model.Structure.Stationary)
        {
            Clear(sums.Initial, initial, _ => Model.Prior.Initial - 1);
        }
        for (int from = 0; from < States && Model.Covariates is null; from++)
        {
            int row = from;
            Clear(sums.Transition.Slice(from * States, States), transition.AsSpan(from * States, States), to => Model.Prior.Count(row, to));
        }
        if (Model.Structure.Stationary)
        {
            return StationaryChain.Distribution(transition, States) is { } stationary
                ? new HiddenMarkov<TComponent>(stationary, transition, Emissions.AsSpan())
                : Parameters;
        }
        return new HiddenMarkov<TComponent>(initial, transition, Emissions.AsSpan(), Durations.AsSpan()) { Logits = Parameters.Logits };
    }

    /// <summary>Sets to zero what the data and the prior expect nowhere, unless that is all of it.</summary>
    private static void Clear(ReadOnlySpan<double> counts, Span<double> probabilities, Func<int, double> prior)
    {
        bool any = false;
        for (int state = 0; state < counts.Length; state++)
        {
            any |= counts[state] + prior(state) >= NoSteps;
        }
        for (int state = 0; state < counts.Length && any; state++)
        {
            probabilities[state] = counts[state] + prior(state) >= NoSteps ? probabilities[state] : 0;
        }
    }

    /// <summary>How often each sequence is drawn: its weight, to the nearest whole number.</summary>
    private static int[] Copies(SequenceSource sequences)
    {
        int[] copies = new int[sequences.Sequences];
        for (int index = 0; index < sequences.ChunkCount; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                copies[chunk.FirstSequence + sequence] = checked((int)Math.Round(chunk.Weight(sequence)));
            }
        }
        return copies.Any(count => count > 0)
            ? copies
            : throw new ArgumentException("Expected weights that count sequences, at least one of them 1 or more, found none. Scale them to frequencies.", nameof(sequences));
    }

    private SequenceSource Replicate(SequenceSource sequences, int[] copies, RandomGenerator random)
    {
        int[] drawn = [.. copies.SelectMany((count, sequence) => Enumerable.Repeat(sequence, count))];
        int[] lengths = Array.ConvertAll(drawn, sequence => sequences.Lengths[sequence]);
        RowSource? covariates = Repeated(sequences, drawn);
        (double[] values, int[] states) = Draw(lengths, covariates, random.NextUInt64());
        if (sequences.HasMissing || !sequences.Labels.IsEmpty)
        {
            Hide(sequences, drawn, values, states);
        }
        SequenceSource replicate = SequenceSource.From(RowSource.From(values, Model.Columns), lengths);
        replicate = covariates is null ? replicate : replicate.WithCovariates(covariates);
        return sequences.Labels.IsEmpty ? replicate : replicate.WithLabels(states);
    }

    /// <summary>The covariates of the steps of some sequences; null where there are none.</summary>
    private static RowSource? Repeated(SequenceSource sequences, int[] drawn)
    {
        if (sequences.Covariates is not { } covariates)
        {
            return null;
        }
        long[] starts = Starts(sequences);
        RowBuilder rows = new(covariates.Columns);
        foreach (int sequence in drawn)
        {
            for (int t = 0; t < sequences.Lengths[sequence]; t++)
            {
                covariates.CopyRow(starts[sequence] + t, rows.Add());
            }
        }
        return rows.ToRows(covariates.Schema);
    }

    private static long[] Starts(SequenceSource sequences)
    {
        long[] starts = new long[sequences.Lengths.Length];
        for (int sequence = 1; sequence < starts.Length; sequence++)
        {
            starts[sequence] = starts[sequence - 1] + sequences.Lengths[sequence - 1];
        }
        return starts;
    }

    /// <summary>Hides the cells that are missing in the data, and the states that are not known there.</summary>
    private void Hide(SequenceSource sequences, int[] drawn, double[] values, int[] states)
    {
        long[] starts = Starts(sequences);
        double[] cells = new double[Model.Columns];
        int step = 0;
        foreach (int sequence in drawn)
        {
            for (int t = 0; t < sequences.Lengths[sequence]; t++, step++)
            {
                long origin = starts[sequence] + t;
                sequences.Rows.CopyRow(origin, cells);
                for (int column = 0; column < cells.Length; column++)
                {
                    values[step * cells.Length + column] = double.IsNaN(cells[column]) ? double.NaN : values[step * cells.Length + column];
                }
                states[step] = sequences.Labels.IsEmpty || sequences.Labels.Span[(int)origin] < 0 ? -1 : states[step];
            }
        }
    }

    /// <summary>The states of a replicate in the order of the greatest overlap of posteriors on the data.</summary>
    private HiddenMarkov<TComponent> Align(SequenceSource sequences, double[] reference, HiddenMarkov<TComponent> replicate)
    {
        double[] posteriors;
        try
        {
            posteriors = new FittedHiddenMarkov<TComponent>(Model, replicate, ColumnNames).Posteriors(sequences, 1);
        }
        catch (NumericalException)
        {
            // The data are impossible under the replicate, whose states then stay as they are.
            return replicate;
        }
        double[] overlap = new double[States * States];
        for (int step = 0; step < reference.Length; step += States)
        {
            for (int k = 0; k < States; k++)
            {
                for (int l = 0; l < States; l++)
                {
                    overlap[k * States + l] += reference[step + k] * posteriors[step + l];
                }
            }
        }
        return replicate.Reorder(Assignment.Maximize(overlap, States));
    }
}
