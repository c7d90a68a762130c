using Latent.Data;
using Latent.Factors;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>A start of another initialiser with its components' factors along their own principal axes.</summary>
/// <param name="Inner">What makes the partition.</param>
internal sealed record FactorInitializer(MixtureInitializer Inner) : MixtureInitializer
{
    private const int SampleRows = 2000;

    /// <inheritdoc/>
    public override string Name => Inner.Name;

    /// <inheritdoc/>
    public override bool IsDeterministic => Inner.IsDeterministic;

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        Mixture<TComponent> start = Inner.Start(context);
        return context is StartContext<FactorGaussian> own && start is Mixture<FactorGaussian> mixture ? (Mixture<TComponent>)(object)Refined(own, mixture) : start;
    }

    private static Mixture<FactorGaussian> Refined(StartContext<FactorGaussian> context, Mixture<FactorGaussian> mixture)
    {
        FactorGaussianFamily family = (FactorGaussianFamily)context.Model.Family;
        StartSample sample = context.Sample(SampleRows);
        double[] responsibilities = new FittedMixture<FactorGaussian>(context.ModelOf(mixture.Count), mixture, context.Rows.Schema.Names).Responsibilities(sample.Rows, threads: 1);
        FactorGaussian[] components = new FactorGaussian[mixture.Count];
        double[] weights = new double[sample.Count];
        for (int k = 0; k < components.Length; k++)
        {
            for (int row = 0; row < weights.Length; row++)
            {
                weights[row] = sample.Weights[row] * responsibilities[row * components.Length + k];
            }
            components[k] = PrincipalFactors.Of(family, Completed(sample, mixture.Components[k], context.Summary), weights, context.Summary, mixture.Components[k]);
        }
        return new Mixture<FactorGaussian>(mixture.Weights.AsSpan(), family.Constrain(mixture.Weights.AsSpan(), components), mixture.NoiseWeight);
    }

    /// <summary>The sample in standard units, with what a component expects in place of missing cells.</summary>
    private static double[] Completed(StartSample sample, FactorGaussian component, ColumnSummary summary)
    {
        if (sample.Rows.MissingCells == 0)
        {
            return sample.Values;
        }
        int d = component.Dimension;
        double[] values = [.. sample.Values];
        double[] row = new double[d];
        for (int index = 0; index < sample.Count; index++)
        {
            sample.Rows.CopyRow(index, row);
            FactorPattern.Complete(component.Parameters, row);
            for (int j = 0; j < d; j++)
            {
                values[index * d + j] = summary.Variances[j] > 0 ? (row[j] - summary.Means[j]) / Math.Sqrt(summary.Variances[j]) : 0;
            }
        }
        return values;
    }
}
