using System.Runtime.ExceptionServices;
using Latent.Data;
using Latent.Engine;
using Latent.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Latent;

/// <summary>Standard errors by refitting the model to replicates of the data, each from the estimate on, several at once.</summary>
public static class Bootstrap
{
    /// <summary>Bootstraps any model of independent rows by reweighting them: <see cref="BootstrapKind.Nonparametric"/> or <see cref="BootstrapKind.WeightedLikelihood"/>.</summary>
    /// <param name="model">The model, with <see cref="INaturalParameters{TParameters}"/>.</param>
    /// <param name="rows">The data of the fit. Weights count as frequencies.</param>
    /// <param name="estimate">The fitted parameters: where every replicate starts.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="align">Gives a replicate's interchangeable parts the estimate's order; null where nothing can be interchanged.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="NotSupportedException">The model has no natural parameters, or the kind is <see cref="BootstrapKind.Parametric"/>.</exception>
    /// <exception cref="NumericalException">Fewer than two replicates succeeded.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public static BootstrapResult OfRows<TParameters>(
        IEmModel<TParameters, RowChunk> model,
        IRowSource rows,
        TParameters estimate,
        BootstrapOptions? options = null,
        Func<TParameters, TParameters>? align = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return OfReweighted(model, rows, estimate, options, align, (replicate, fitting) => Em.Fit(model, replicate, estimate, fitting, cancellation), cancellation);
    }

    /// <summary>The same, with a fit of its own to each replicate.</summary>
    internal static BootstrapResult OfReweighted<TParameters>(
        IEmModel<TParameters, RowChunk> model,
        IRowSource rows,
        TParameters estimate,
        BootstrapOptions? options,
        Func<TParameters, TParameters>? align,
        Func<IRowSource, EmOptions, EmResult<TParameters>> refit,
        CancellationToken cancellation)
    {
        options ??= new BootstrapOptions();
        if (options.Kind == BootstrapKind.Parametric)
        {
            throw new NotSupportedException($"Expected a bootstrap that reweights rows, found {options.Kind}. Draw the data yourself in {nameof(Bootstrap)}.{nameof(Of)}.");
        }
        double[] frequencies = RowReplicates.Frequencies(rows);
        EmResult<TParameters> Fit(RandomGenerator random, EmOptions fitting)
        {
            double[] weights = options.Kind == BootstrapKind.Nonparametric ? RowReplicates.Counts(frequencies, random) : RowReplicates.DirichletWeights(frequencies, random);
            return refit(new ReweightedRows(rows, weights), fitting);
        }
        return Of(model, Fit, estimate, options, align, cancellation);
    }

    /// <summary>Bootstraps any model from replicates of its data.</summary>
    /// <param name="model">The model, with <see cref="INaturalParameters{TParameters}"/>.</param>
    /// <param name="replicate">The data of one replicate, from a generator of its own. Called from many threads at once.</param>
    /// <param name="estimate">The fitted parameters: where every replicate starts.</param>
    /// <param name="options">Settings; null for the defaults. The kind only names the method here.</param>
    /// <param name="align">Gives a replicate's interchangeable parts the estimate's order; null where nothing can be interchanged.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <inheritdoc cref="OfRows"/>
    public static BootstrapResult Of<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model,
        Func<RandomGenerator, IDataSource<TChunk>> replicate,
        TParameters estimate,
        BootstrapOptions? options = null,
        Func<TParameters, TParameters>? align = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(replicate);
        return Of(model, (random, fitting) => Em.Fit(model, replicate(random), estimate, fitting, cancellation), estimate, options, align, cancellation);
    }

    private static BootstrapResult Of<TParameters>(
        object model, Func<RandomGenerator, EmOptions, EmResult<TParameters>> fit, TParameters estimate, BootstrapOptions? options, Func<TParameters, TParameters>? align, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        options = (options ?? new BootstrapOptions()).Checked();
        if (model is not INaturalParameters<TParameters> natural)
        {
            throw new NotSupportedException($"Expected a model with named parameters, found {model.GetType().Name}. Implement INaturalParameters<{typeof(TParameters).Name}>.");
        }
        EmOptions fitting = new() { Stopping = options.Stopping, MaxIterations = options.MaxIterations, Threads = 1 };
        Outcome[] outcomes = new Outcome[options.Replicates];
        try
        {
            Parallel.For(0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = EmOptions.ThreadsOrAll(options.Threads), CancellationToken = cancellation }, index =>
                outcomes[index] = Refit(natural, () => fit(new RandomGenerator(options.Seed, (ulong)index), fitting), estimate, align, cancellation));
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
        return Summarize(natural, estimate, outcomes, options);
    }

    private static Outcome Refit<TParameters>(
        INaturalParameters<TParameters> natural, Func<EmResult<TParameters>> refit, TParameters estimate, Func<TParameters, TParameters>? align, CancellationToken cancellation)
    {
        try
        {
            EmResult<TParameters> fit = refit();
            cancellation.ThrowIfCancellationRequested();
            if (fit.Degeneracies.Count > 0)
            {
                return new Outcome(null, fit.Evaluations, false, $"degenerate: {fit.Degeneracies[0].Message}");
            }
            double[] values = new double[natural.NaturalParameters(estimate).Count];
            natural.WriteNaturalParameters(align is null ? fit.Parameters : align(fit.Parameters), values);
            return new Outcome(values, fit.Evaluations, fit.StopReason == StopReason.IterationLimit, null);
        }
        catch (Exception failure) when (failure is ArithmeticException or DegenerateStartException or MonotonicityException)
        {
            return new Outcome(null, 0, false, failure.Message);
        }
    }

    private static BootstrapResult Summarize<TParameters>(INaturalParameters<TParameters> natural, TParameters estimate, Outcome[] outcomes, BootstrapOptions options)
    {
        IReadOnlyList<NaturalParameter> names = natural.NaturalParameters(estimate);
        double[] values = new double[names.Count];
        natural.WriteNaturalParameters(estimate, values);
        double[][] replicates = [.. outcomes.Where(outcome => outcome.Values is not null).Select(outcome => outcome.Values!)];
        BootstrapFailure[] failures = [.. outcomes.Index().Where(found => found.Item.Values is null).Select(found => new BootstrapFailure(found.Index, found.Item.Message!))];
        if (replicates.Length < 2)
        {
            throw new NumericalException($"Expected at least two replicates that can be fitted, found {replicates.Length} of {outcomes.Length}: {failures[0].Message}");
        }
        Matrix<double> covariance = Covariance(replicates, names.Count);
        double monteCarlo = 1 / Math.Sqrt(2.0 * (replicates.Length - 1));
        ParameterEstimate[] rows = new ParameterEstimate[names.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            double[] sorted = [.. replicates.Select(found => found[i]).Order()];
            double tail = (1 - options.Confidence) / 2;
            rows[i] = new ParameterEstimate(
                names[i].Name, values[i], Math.Sqrt(covariance[i, i]), Quantile(sorted, tail), Quantile(sorted, 1 - tail), double.NaN, monteCarlo, null);
        }
        List<string> notes = [];
        if (failures.Length > 0)
        {
            notes.Add($"{failures.Length} of {outcomes.Length} replicates have no estimate and are left out; the first: {failures[0].Message}");
        }
        int unconverged = outcomes.Count(outcome => outcome.Unconverged);
        if (unconverged > 0)
        {
            notes.Add($"{unconverged} replicates ran out of iterations.");
        }
        ParameterEstimates estimates = new(rows, covariance)
        {
            Method = $"{Name(options.Kind)} bootstrap, {replicates.Length} replicates, seed {options.Seed}, percentile intervals",
            Confidence = options.Confidence,
            Passes = outcomes.Sum(outcome => outcome.Passes),
            Notes = notes,
        };
        return new BootstrapResult(estimates, replicates, failures, unconverged);
    }

    private static Matrix<double> Covariance(double[][] replicates, int count)
    {
        Vector<double> mean = Vector<double>.Build.Dense(count);
        foreach (double[] replicate in replicates)
        {
            mean += Vector<double>.Build.Dense(replicate) / replicates.Length;
        }
        Matrix<double> covariance = Matrix<double>.Build.Dense(count, count);
        foreach (double[] replicate in replicates)
        {
            Vector<double> deviation = Vector<double>.Build.DenseOfArray(replicate) - mean;
            covariance += deviation.OuterProduct(deviation) / (replicates.Length - 1);
        }
        return covariance;
    }

    /// <summary>The quantile at position q·(B + 1) of the ordered replicates, between neighbours by line: B = 999 puts 2.5 % on the 25th.</summary>
    private static double Quantile(double[] sorted, double probability)
    {
        double position = Math.Clamp(probability * (sorted.Length + 1) - 1, 0, sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    private static string Name(BootstrapKind kind) => kind switch
    {
        BootstrapKind.Nonparametric => "nonparametric",
        BootstrapKind.WeightedLikelihood => "weighted-likelihood",
        _ => "parametric",
    };

    private sealed record Outcome(double[]? Values, int Passes, bool Unconverged, string? Message);
}
