using Xunit;

namespace Latent.Testing;

/// <summary>
/// The laws that every <see cref="IEmModel{TParameters, TChunk}"/> obeys. A model's test class inherits them all by
/// supplying five members; each further member that it overrides brings the laws that need it.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">The model's chunk.</typeparam>
/// <remarks>For models of independent rows, <see cref="RowModelLaws{TParameters}"/> supplies all that concerns chunks.</remarks>
public abstract partial class EmModelLaws<TParameters, TChunk>
{
    /// <summary>Observations of an ordinary chunk of these laws.</summary>
    protected const int Observations = 60;

    /// <summary>The model under test.</summary>
    protected abstract IEmModel<TParameters, TChunk> Model { get; }

    /// <summary>A chunk of <paramref name="observations"/> random observations of weight one; an empty chunk when zero.</summary>
    protected abstract TChunk Draw(Random random, int observations);

    /// <summary>One chunk with the observations of <paramref name="first"/>, then those of <paramref name="second"/>.</summary>
    protected abstract TChunk Join(TChunk first, TChunk second);

    /// <summary>Random parameters inside the parameter space, of the size that the data of <see cref="Draw"/> suggest.</summary>
    protected abstract TParameters Parameters(Random random);

    /// <summary>Every number of the parameters, in a fixed order.</summary>
    protected abstract double[] Flatten(TParameters parameters);

    /// <summary>Relative tolerance of sums taken in different orders.</summary>
    protected virtual double SumTolerance => 1e-11;

    /// <summary>The seed from which a law's random numbers start.</summary>
    protected virtual int Seed => 1977;

    /// <summary>An empty chunk adds nothing, to the last bit, and has log-likelihood 0.</summary>
    [Law]
    public void EmptyChunkAddsNothing()
    {
        Random random = new(Seed);
        double[] statistic = Noise(random);
        double[] before = [.. statistic];

        double objective = Model.Expect(Parameters(random), Draw(random, 0), statistic);

        Assert.Equal(0.0, objective);
        Close.SameBits(before, statistic, "statistic");
    }

    /// <summary>E(A ∪ B) = E(A) + E(B): on what the span already holds, and for the log-likelihood too.</summary>
    [Law]
    public void ExpectIsAdditive()
    {
        Random random = new(Seed);
        TParameters parameters = Parameters(random);
        TChunk first = Draw(random, Observations);
        TChunk second = Draw(random, Observations / 3);
        double[] noise = Noise(random);
        double[] together = [.. noise];

        double whole = Model.Expect(parameters, Join(first, second), together);

        Sweep left = Expect(parameters, first);
        Sweep right = Expect(parameters, second);
        double[] sum = new double[noise.Length];
        double[] magnitude = new double[noise.Length];
        for (int index = 0; index < sum.Length; index++)
        {
            sum[index] = noise[index] + left.Statistic[index] + right.Statistic[index];
            magnitude[index] = 1 + Math.Abs(noise[index]) + Math.Abs(left.Statistic[index]) + Math.Abs(right.Statistic[index]);
        }
        Close.Equal(sum, together, SumTolerance, magnitude, "statistic");
        Close.Equal(left.LogLikelihood + right.LogLikelihood, whole, SumTolerance * (1 + Math.Abs(left.LogLikelihood) + Math.Abs(right.LogLikelihood)), "log-likelihood");
    }

    /// <summary>A chunk is no more than its observations one by one.</summary>
    [Law]
    public void ExpectIsTheSumOverSingleObservations()
    {
        Random random = new(Seed + 1);
        TParameters parameters = Parameters(random);
        TChunk all = Draw(random, 0);
        double[] sum = new double[Model.StatisticLength];
        double[] magnitude = new double[sum.Length];
        double logLikelihood = 0;
        double size = 1;
        for (int observation = 0; observation < 100; observation++)
        {
            TChunk single = Draw(random, 1);
            all = Join(all, single);
            Sweep sweep = Expect(parameters, single);
            logLikelihood += sweep.LogLikelihood;
            size += Math.Abs(sweep.LogLikelihood);
            for (int index = 0; index < sum.Length; index++)
            {
                sum[index] += sweep.Statistic[index];
                magnitude[index] += Math.Abs(sweep.Statistic[index]);
            }
        }

        Sweep whole = Expect(parameters, all);

        Assert.Contains(whole.Statistic, value => value != 0);
        Close.Equal(sum, whole.Statistic, SumTolerance, magnitude, "statistic");
        Close.Equal(logLikelihood, whole.LogLikelihood, SumTolerance * size, "log-likelihood");
    }

    /// <summary>The E-step is a function: the same parameters and data give the same bits again, also after others were computed.</summary>
    [Law]
    public void ExpectKeepsNoState()
    {
        Random random = new(Seed + 2);
        TParameters parameters = Parameters(random);
        TChunk chunk = Draw(random, Observations);
        Sweep first = Expect(parameters, chunk);

        Expect(Parameters(random), Draw(random, Observations));
        Sweep again = Expect(parameters, chunk);

        Close.SameBits(first.Statistic, again.Statistic, "statistic");
        Close.SameBits([first.LogLikelihood], [again.LogLikelihood], "log-likelihood");
    }

    /// <summary>The M-step reads its statistic alone and changes neither it nor the current parameters.</summary>
    [Law]
    public void MaximizeIsAFunction()
    {
        Random random = new(Seed + 3);
        TParameters parameters = Parameters(random);
        double[] before = Flatten(parameters);
        double[] statistic = Expect(parameters, Draw(random, Observations)).Statistic;
        double[] copy = [.. statistic];

        double[] first = Flatten(Model.Maximize(statistic, parameters));
        double[] again = Flatten(Model.Maximize(statistic, parameters));

        Close.SameBits(first, again, "parameters");
        Close.SameBits(copy, statistic, "statistic");
        Close.SameBits(before, Flatten(parameters), "current parameters");
    }

    /// <summary>Data with a log-likelihood, and the statistic of the next M-step.</summary>
    private readonly record struct Sweep(double LogLikelihood, double[] Statistic);

    private Sweep Expect(TParameters parameters, params ReadOnlySpan<TChunk> chunks)
    {
        double[] statistic = new double[Model.StatisticLength];
        double logLikelihood = 0;
        foreach (TChunk chunk in chunks)
        {
            logLikelihood += Model.Expect(parameters, chunk, statistic);
        }
        return new Sweep(logLikelihood, statistic);
    }

    private double Objective(TParameters parameters, TChunk data) => Expect(parameters, data).LogLikelihood + Model.LogPrior(parameters);

    private TParameters Step(TParameters parameters, TChunk data) => Model.Maximize(Expect(parameters, data).Statistic, parameters);

    private double[] Noise(Random random)
    {
        double[] noise = new double[Model.StatisticLength];
        for (int index = 0; index < noise.Length; index++)
        {
            noise[index] = 1 + random.NextDouble();
        }
        return noise;
    }
}
