using CustomModel;
using Latent.Data;
using Latent.Testing;

namespace Latent.Tests.Engine.Examples;

/// <summary>Models as a user writes them, against the figures that their papers print.</summary>
public sealed class PublishedValuesTests
{
    private static readonly EmOptions _trajectory = new() { Stopping = StoppingRule.Never, Threads = 1 };
    private static readonly EmOptions _toTheEnd = new() { Stopping = StoppingRule.RemainingGain(1e-11), MaxIterations = 50_000 };

    private static readonly ChunkList<RowChunk> _animals = Counts(125, 18, 20, 34);
    private static readonly ChunkList<RowChunk> _deaths = Counts(162, 267, 271, 185, 111, 61, 27, 8, 3, 1);

    /// <summary>[Dempster1977, table 1]; the seventh iterate is printed one unit higher in the last place than it is.</summary>
    [Fact]
    public void LinkageWalksTheIteratesOfDempsterLairdAndRubin()
    {
        double[] printed = [0.5, 0.608247423, 0.624321051, 0.626488879, 0.626777323, 0.626815632, 0.626820719, 0.626821395, 0.626821484];
        for (int iterations = 0; iterations < printed.Length; iterations++)
        {
            EmResult<Recombination> result = Em.Fit(new Linkage(), _animals, new Recombination(0.5), _trajectory with { MaxIterations = iterations });
            Close.Equal(printed[iterations], result.Parameters.Theta, 1.1e-9, $"iterate {iterations}");
        }
    }

    /// <summary>The root of 197θ² − 15θ − 68, the log-likelihood there, and the rate of convergence 0.1328 [Dempster1977, sec. 1].</summary>
    [Fact]
    public void LinkageEndsAtTheRootOfItsQuadratic()
    {
        EmResult<Recombination> result = Em.Fit(new Linkage(), _animals, new Recombination(0.5), _toTheEnd);
        EmResult<Recombination> beyond = Em.Fit(new Linkage(), _animals, result.Parameters, _trajectory with { MaxIterations = 20 });

        Assert.True(result.Converged);
        Close.Equal((15 + Math.Sqrt(53809)) / 394, result.Parameters.Theta, 1e-7);
        Close.Equal((15 + Math.Sqrt(53809)) / 394, beyond.Parameters.Theta, 1e-14);
        // The cells' own probabilities: the kernel Σ n ln p.
        Close.Equal(-205.71588704589828, result.LogLikelihood, 1e-8);
        EmResult<Recombination> fourth = Em.Fit(new Linkage(), _animals, new Recombination(0.5), _trajectory with { MaxIterations = 4 });
        double[] gains = [.. fourth.Trace.Zip(fourth.Trace.Skip(1), (before, after) => after - before)];
        // The objective's gains shrink by the square of the parameters' rate.
        Close.Equal(0.1328, Math.Sqrt(gains[3] / gains[2]), 0.002, "rate");
    }

    /// <summary>[Lange2002, table 2.1], data of Clarke et al. 1959; digits beyond the printed four by gene counting and by Nelder-Mead on the likelihood.</summary>
    [Fact]
    public void BloodGroupsFollowLange()
    {
        double[][] trajectory =
        [
            [0.3, 0.2, 0.5],
            [0.23217185885132144, 0.05502239283429302, 0.7128057483143855],
            [0.21597813958925446, 0.05029955114380018, 0.7337223092669453],
            [0.21388027593415596, 0.05015293453944462, 0.7359667895263994],
            [0.2136256605500671, 0.05014597369636427, 0.7362283657535688],
        ];
        AssertTrajectory(GeneCounting.BloodGroups, Counts(186, 13, 38, 284), trajectory);

        EmResult<AlleleFrequencies> end = Em.Fit(GeneCounting.BloodGroups, Counts(186, 13, 38, 284), new AlleleFrequencies([0.3, 0.2, 0.5]), _toTheEnd);
        Close.Equal([0.21359093908950366, 0.05014532886944853, 0.7362637320410478], end.Parameters.Values, 1e-7);
        Close.Equal(-511.5714697162092, end.LogLikelihood, 1e-7);
    }

    /// <summary>[Givens2013, table 4.1]; the model is saturated, so its end has a closed form.</summary>
    [Fact]
    public void PepperedMothsFollowGivensAndHoeting()
    {
        double third = 1.0 / 3;
        double[][] trajectory =
        [
            [third, third, third],
            [0.08199356913183277, 0.23740621650589494, 0.6806002143622722],
            [0.07124895222129086, 0.19786961442510004, 0.7308814333536091],
            [0.07085204112290056, 0.1903603759883005, 0.738787582888799],
        ];
        AssertTrajectory(GeneCounting.PepperedMoth, Counts(85, 196, 341), trajectory);

        EmResult<AlleleFrequencies> end = Em.Fit(GeneCounting.PepperedMoth, Counts(85, 196, 341), new AlleleFrequencies(trajectory[0]), _toTheEnd);
        double typica = Math.Sqrt(341.0 / 622);
        double insularia = Math.Sqrt((196.0 + 341) / 622) - typica;
        Close.Equal([1 - insularia - typica, insularia, typica], end.Parameters.Values, 1e-6);
        Close.Equal(-600.480982919232, end.LogLikelihood, 1e-8);
    }

    /// <summary>
    /// [Hasselblad1969; Titterington1985, sec. 4.3]: rate 0.9957, so that rules on small steps stop early. Values printed in
    /// the vignettes of the R packages SQUAREM and turboEM.
    /// </summary>
    [Theory]
    [InlineData(0.5, 1, 3)]
    [InlineData(0.3, 1, 2.5)]
    public void DeathNoticesReachTheirSlowEnd(double share, double first, double second)
    {
        EmResult<PoissonPair> result = Em.Fit(new PoissonPairModel(), _deaths, new PoissonPair(share, first, second), _toTheEnd);

        Close.Equal(-1989.9458598829642, result.LogLikelihood, 1e-8);
        Close.Equal([0.359885396985049, 1.256095101224536, 2.663404356632612], [result.Parameters.Share, result.Parameters.First, result.Parameters.Second], 2e-5);
        Assert.True(result.Converged || result.StopReason == StopReason.RoundingFloor);
        Assert.InRange(result.Iterations, 1000, 6000);
    }

    /// <summary>1500 iterations from (0.5, 1, 3) as printed in the turboEM vignette: not yet there, and the result says so.</summary>
    [Fact]
    public void DeathNoticesAfter1500Iterations()
    {
        EmResult<PoissonPair> result = Em.Fit(new PoissonPairModel(), _deaths, new PoissonPair(0.5, 1, 3), _trajectory with { MaxIterations = 1500 });

        Close.Equal(-1989.945860141, result.LogLikelihood, 5.1e-10);
        Close.Equal([0.3600250921611, 1.256337900747, 2.663574957686], [result.Parameters.Share, result.Parameters.First, result.Parameters.Second], 1e-12 * 500);
        Assert.Equal(StopReason.IterationLimit, result.StopReason);
        Assert.False(result.Converged);
        Close.Equal(1989.945860141 - 1989.9458598829642, result.RemainingGain, 1.5e-8, "remaining gain");
    }

    /// <summary>The number of updates until the parameters move by less than 1e-8, as R's fpiter counts them for (0.3, 1, 2.5): 2586.</summary>
    [Fact]
    public void DeathNoticesNeedThePublishedNumberOfUpdates()
    {
        PoissonPairModel model = new();
        PoissonPair current = new(0.3, 1, 2.5);
        for (int update = 1; ; update++)
        {
            double[] statistic = new double[model.StatisticLength];
            model.Expect(current, _deaths.GetChunk(0), statistic);
            PoissonPair next = model.Maximize(statistic, current);
            double moved = Math.Sqrt(Math.Pow(next.Share - current.Share, 2) + Math.Pow(next.First - current.First, 2) + Math.Pow(next.Second - current.Second, 2));
            current = next;
            if (moved < 1e-8)
            {
                Assert.Equal(2586, update);
                return;
            }
        }
    }

    private static void AssertTrajectory(GeneCounting model, ChunkList<RowChunk> data, double[][] trajectory)
    {
        for (int iterations = 0; iterations < trajectory.Length; iterations++)
        {
            EmResult<AlleleFrequencies> result = Em.Fit(model, data, new AlleleFrequencies(trajectory[0]), _trajectory with { MaxIterations = iterations });
            Close.Equal(trajectory[iterations], result.Parameters.Values, 1e-12, what: $"iterate {iterations}");
        }
    }

    /// <summary>Codes 0, 1, 2, … with the given frequencies.</summary>
    private static ChunkList<RowChunk> Counts(params double[] frequencies) =>
        new([new RowChunk((double[])[.. Enumerable.Range(0, frequencies.Length).Select(code => (double)code)], 1, frequencies)]);
}
