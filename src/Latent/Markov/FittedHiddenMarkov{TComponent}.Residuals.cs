using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures;

namespace Latent.Markov;

/// <content>Pseudo-residuals.</content>
public sealed partial class FittedHiddenMarkov<TComponent>
{
    private delegate bool TailWriter(int state, ReadOnlySpan<double> row, Span<TailProbabilities> tails);

    /// <inheritdoc/>
    public override PseudoResiduals PseudoResiduals(SequenceSource sequences, PseudoResidualKind kind = PseudoResidualKind.Ordinary, int threads = 0)
    {
        if (For(sequences) is { } other)
        {
            return other.PseudoResiduals(sequences, kind, threads);
        }
        if (!Durations.IsEmpty)
        {
            throw new NotSupportedException("Expected a model without durations for pseudo-residuals, found one with. Look at LogDensity instead.");
        }
        TailWriter write = Tails();
        TailProbabilities[] result = new TailProbabilities[checked(Checked(sequences).Steps * Model.Columns)];
        Sweep.ForEach(sequences, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            LogChain chain = new(States, Parameters.Chain.Width);
            chain.Load(Parameters, Parameters.Chain);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                if (kind == PseudoResidualKind.Forecast)
                {
                    Forecast(chunk, sequence, chain, write, result);
                }
                else
                {
                    Smooth(chunk, sequence, chain, write, result);
                }
            }
        });
        return new PseudoResiduals(result, Model.Columns);
    }

    private void Forecast(SequenceChunk chunk, int sequence, LogChain chain, TailWriter write, TailProbabilities[] result)
    {
        double[] before = [];
        Visit(chunk, sequence, Steps, (start, count, densities, width) =>
        {
            double[] alpha = new double[count * width];
            chain.At(chunk, start);
            chain.Forward(densities, count, before, alpha);
            Require(LogChain.LogSum(alpha.AsSpan((count - 1) * width, States)), chunk, sequence);
            Residuals(chunk, start, count, width, chain, before, alpha, new double[count * width], write, result);
            before = alpha[^width..];
        });
    }

    /// <summary>Forward with α at the borders of segments alone, then segment by segment back.</summary>
    private void Smooth(SequenceChunk chunk, int sequence, LogChain chain, TailWriter write, TailProbabilities[] result)
    {
        List<double[]> borders = [[]];
        Visit(chunk, sequence, Steps, (start, count, densities, width) =>
        {
            double[] alpha = new double[count * width];
            chain.At(chunk, start);
            chain.Forward(densities, count, borders[^1], alpha);
            borders.Add(alpha[^width..]);
        });
        Require(borders.Count == 1 ? 0 : LogChain.LogSum(borders[^1].AsSpan(0, States)), chunk, sequence);
        int width = Parameters.Chain.Width;
        EmissionTiles<TComponent> tiles = new(Model.Family, Model.Columns, States, Model.First);
        double[] densities = new double[(Steps + RowTile.Capacity) * width];
        double[] alpha = new double[Steps * width];
        double[] beta = new double[Steps * width];
        double[] after = [];
        for (int segment = borders.Count - 2; segment >= 0; segment--)
        {
            int start = chunk.Offsets[sequence] + segment * Steps;
            int count = Math.Min(Steps, chunk.Offsets[sequence + 1] - start);
            tiles.Densities(Parameters, chunk, start, count, densities, new double[count + RowTile.Capacity], logarithms: true, 1);
            chain.At(chunk, start);
            chain.Forward(densities, count, borders[segment], alpha);
            chain.Backward(densities, count, after, beta);
            Residuals(chunk, start, count, width, chain, borders[segment], alpha, beta, write, result);
            after = new double[width];
            for (int state = 0; state < States; state++)
            {
                after[state] = densities[state] + beta[state];
            }
        }
    }

    /// <summary>The tails of consecutive steps, those of the states mixed by P(zₜ = k | other steps) ∝ (αₜ₋₁A)ₖ·βₜ(k).</summary>
    private void Residuals(SequenceChunk chunk, int start, int count, int width, LogChain chain, double[] before, double[] alpha, double[] beta, TailWriter write, TailProbabilities[] result)
    {
        double[] shares = new double[States];
        double[] row = new double[Model.Columns];
        TailProbabilities[] own = new TailProbabilities[Model.Columns];
        for (int t = 0; t < count; t++)
        {
            chain.Predict(t == 0 ? before : alpha.AsSpan((t - 1) * width, width), t, shares);
            int label = chunk.Labels.IsEmpty ? -1 : chunk.Labels[start + t];
            for (int state = 0; state < States; state++)
            {
                shares[state] = label >= 0 && state != label ? double.NegativeInfinity : shares[state] + beta[t * width + state];
            }
            double total = LogChain.LogSum(shares);
            chunk.Steps.CopyRow(start + t, row);
            Span<TailProbabilities> target = result.AsSpan(checked((int)(chunk.Steps.FirstRow + start + t) * Model.Columns), Model.Columns);
            for (int state = 0; state < States; state++)
            {
                double share = Elementary.Exp(shares[state] - total);
                if (!(share > 0))
                {
                    continue;
                }
                if (!write(state, row, own))
                {
                    throw WithoutTails();
                }
                for (int column = 0; column < own.Length; column++)
                {
                    target[column] = target[column].Plus(share, own[column]);
                }
            }
        }
    }

    private TailWriter Tails()
    {
        if (GaussianEmissions.In(this) is { } gaussians)
        {
            return (state, row, tails) => gaussians.Components[state].TryTails(row, tails);
        }
        if (GaussianEmissions.MixturesIn(this) is { } mixtures)
        {
            return (state, row, tails) => TryTails(mixtures.States[state], row, tails);
        }
        return Model.Family is ITailFamily<TComponent> family
            ? (state, row, tails) => family.TryTails(Emissions[state], row, tails)
            : throw WithoutTails();
    }

    private static bool TryTails(Mixture<Gaussian> mixture, ReadOnlySpan<double> row, Span<TailProbabilities> tails)
    {
        TailProbabilities[] own = new TailProbabilities[row.Length];
        tails.Clear();
        for (int part = 0; part < mixture.Count; part++)
        {
            mixture.Components[part].TryTails(row, own);
            for (int column = 0; column < own.Length; column++)
            {
                tails[column] = tails[column].Plus(mixture.Weights[part], own[column]);
            }
        }
        return true;
    }

    private NotSupportedException WithoutTails() =>
        new($"Expected emissions with a distribution function in every column, found {Model.Family.GetType().Name}. Look at {nameof(LogDensity)} instead.");
}
