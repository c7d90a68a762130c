using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>A hidden Markov model with its parameters.</summary>
/// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
public sealed partial class FittedHiddenMarkov<TComponent> : FittedHiddenMarkov
{
    // Steps that are in memory together where nothing asks for all.
    private const int Steps = 4096;

    private FittedHiddenMarkov? _incomplete;

    /// <summary>Joins parameters with the model that understands them.</summary>
    /// <exception cref="ArgumentException">Another number of names, or of states.</exception>
    public FittedHiddenMarkov(HiddenMarkovModel<TComponent> model, HiddenMarkov<TComponent> parameters, IReadOnlyList<string> columnNames)
        : base(columnNames)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(parameters);
        if (columnNames.Count != model.Columns || parameters.States != model.States)
        {
            throw new ArgumentException($"Expected {model.Columns} column names and {model.States} states, found {columnNames.Count} and {parameters.States}.", nameof(parameters));
        }
        Model = model;
        Parameters = parameters;
    }

    /// <summary>The model.</summary>
    public HiddenMarkovModel<TComponent> Model { get; }

    /// <summary>The parameters.</summary>
    public HiddenMarkov<TComponent> Parameters { get; }

    /// <summary>One component per state.</summary>
    public ImmutableArray<TComponent> Emissions => Parameters.Emissions;

    /// <inheritdoc/>
    public override int States => Parameters.States;

    /// <inheritdoc/>
    public override ImmutableArray<double> Initial => Parameters.Initial;

    /// <inheritdoc/>
    public override ImmutableArray<double> Transition => Parameters.Transition;

    /// <inheritdoc/>
    public override double[] LogLikelihoods(SequenceSource sequences, int threads = 0)
    {
        if (For(sequences) is { } other)
        {
            return other.LogLikelihoods(sequences, threads);
        }
        double[] result = new double[Checked(sequences).Sequences];
        Sweep.ForEach(sequences, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            ForwardBackward<TComponent>? workspace = null;
            IChainPass<TComponent>? pass = Model.RentPass(Parameters);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                result[chunk.FirstSequence + sequence] = pass?.LogLikelihood(Parameters, chunk, sequence) ?? (workspace ??= Model.Rent()).LogLikelihood(Parameters, chunk, sequence);
            }
            Model.Return(workspace);
            Model.Return(pass);
        });
        return result;
    }

    /// <inheritdoc/>
    public override double[] Posteriors(SequenceSource sequences, int threads = 0)
    {
        if (For(sequences) is { } other)
        {
            return other.Posteriors(sequences, threads);
        }
        double[] result = new double[checked(Checked(sequences).Steps * States)];
        Sweep.ForEach(sequences, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            ForwardBackward<TComponent>? workspace = null;
            IChainPass<TComponent>? pass = Model.RentPass(Parameters);
            void Copy(int start, int count, ReadOnlySpan<double> posteriors, int width)
            {
                for (int t = 0; t < count; t++)
                {
                    posteriors.Slice(t * width, States).CopyTo(result.AsSpan(checked((int)(chunk.Steps.FirstRow + start + t) * States)));
                }
            }
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                Require(pass?.Posteriors(Parameters, chunk, sequence, Copy) ?? (workspace ??= Model.Rent()).Posteriors(Parameters, chunk, sequence, Copy), chunk, sequence);
            }
            Model.Return(workspace);
            Model.Return(pass);
        });
        return result;
    }

    /// <inheritdoc/>
    public override double[] Filter(SequenceSource sequences, int threads = 0)
    {
        if (For(sequences) is { } other)
        {
            return other.Filter(sequences, threads);
        }
        double[] result = new double[checked(Checked(sequences).Steps * States)];
        Filter(sequences, threads, (step, logAlpha, total, _) =>
        {
            for (int state = 0; state < States; state++)
            {
                result[step * States + state] = Elementary.Exp(logAlpha[state] - total);
            }
        });
        return result;
    }

    /// <inheritdoc/>
    public override double[] LogDensity(SequenceSource sequences, int threads = 0)
    {
        if (For(sequences) is { } other)
        {
            return other.LogDensity(sequences, threads);
        }
        double[] result = new double[Checked(sequences).Steps];
        Filter(sequences, threads, (step, _, total, before) => result[step] = total - before);
        return result;
    }

    private delegate void StepVisitor(long step, ReadOnlySpan<double> logAlpha, double total, double before);

    private void Filter(SequenceSource sequences, int threads, StepVisitor visit) =>
        Sweep.ForEach(Checked(sequences), EmOptions.ThreadsOrAll(threads), chunk =>
        {
            if (Model.RentPass(Parameters) is { } pass)
            {
                for (int sequence = 0; sequence < chunk.Sequences; sequence++)
                {
                    int own = sequence;
                    long first = chunk.Steps.FirstRow + chunk.Offsets[sequence];
                    pass.Filter(Parameters, chunk, sequence, 0, (step, logAlpha, total, before) => visit(first + step, logAlpha, Require(total, chunk, own), before));
                }
                Model.Return(pass);
                return;
            }
            LogChain chain = new(States, Parameters.Chain.Width);
            chain.Load(Parameters, Parameters.Chain);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                int own = sequence;
                double before = 0;
                double[] border = [];
                Visit(chunk, sequence, Steps, (start, count, densities, width) =>
                {
                    double[] alpha = new double[count * width];
                    chain.At(chunk, start);
                    chain.Forward(densities, count, border, alpha);
                    for (int t = 0; t < count; t++)
                    {
                        ReadOnlySpan<double> now = alpha.AsSpan(t * width, States);
                        double total = Require(LogChain.LogSum(now), chunk, own);
                        visit(chunk.Steps.FirstRow + start + t, now, total, before);
                        before = total;
                    }
                    border = alpha[^width..];
                });
            }
        });

    /// <summary>The log-densities of the steps of a sequence, at most so many together.</summary>
    private void Visit(SequenceChunk chunk, int sequence, int most, PosteriorVisitor visitor)
    {
        int end = chunk.Offsets[sequence + 1];
        int width = Parameters.Chain.Width;
        EmissionTiles<TComponent> tiles = new(Model.Family, Model.Columns, States, Model.First);
        int room = Math.Min(most, end - chunk.Offsets[sequence]) + RowTile.Capacity;
        double[] densities = new double[room * width];
        double[] greatest = new double[room];
        for (int start = chunk.Offsets[sequence]; start < end;)
        {
            int count = Math.Min(most, end - start);
            tiles.Densities(Parameters, chunk, start, count, densities, greatest, logarithms: true, 1);
            visitor(start, count, densities.AsSpan(0, count * width), width);
            start += count;
        }
    }

    private static double[] Logarithms(ImmutableArray<double> values)
    {
        double[] logs = new double[values.Length];
        Elementary.Log(values.AsSpan(), logs);
        return logs;
    }

    private static double Require(double logProbability, in SequenceChunk chunk, int sequence) => double.IsFinite(logProbability)
        ? logProbability
        : throw MarkovErrors.Impossible(chunk.FirstSequence + sequence, logProbability);

    /// <summary>The same model for steps with missing cells, where there are such and this one is not for them.</summary>
    private FittedHiddenMarkov? For(SequenceSource sequences)
    {
        if (Model.Family is ISupportFamily { TakesMissing: true } || !Checked(sequences).HasIncompleteSteps)
        {
            return null;
        }
        return _incomplete ??= GaussianEmissions.Incomplete(this)
            ?? throw new ArgumentException("Expected steps of which each has all its cells or none for these emissions, found single cells that are missing. Drop or fill them.", nameof(sequences));
    }

    /// <summary>What asks for one matrix of transitions.</summary>
    private void RequirePlain(string what)
    {
        if (Logits is not null)
        {
            throw new NotSupportedException($"Expected transitions that do not depend on covariates for {what}, found some that do.");
        }
    }

    private SequenceSource Checked(SequenceSource sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (Model.Covariates is { } covariates && sequences.Covariates?.Columns != covariates.Names.Length)
        {
            throw new ArgumentException($"Expected sequences with the covariates {string.Join(", ", covariates.Names)}, found {(sequences.Covariates is null ? "none" : $"{sequences.Covariates.Columns}")}. Give them with WithCovariates.", nameof(sequences));
        }
        return sequences.Schema.Count == Model.Columns
            ? sequences
            : throw new ArgumentException($"Expected steps of {Model.Columns} columns ({string.Join(", ", ColumnNames)}), found {sequences.Schema.Count}.", nameof(sequences));
    }
}
