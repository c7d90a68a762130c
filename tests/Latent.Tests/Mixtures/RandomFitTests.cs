namespace Latent.Tests.Mixtures;

/// <summary>Three hundred of the ten thousand random fits of <c>Latent.Bench soak</c>.</summary>
public class RandomFitTests
{
    [Fact]
    public void NoneDecreasesOrBreaks()
    {
        RandomFitOutcome[] outcomes = [.. Enumerable.Range(0, 300).AsParallel().AsOrdered().Select(index => RandomFit.Run((ulong)index))];
        Assert.DoesNotContain(outcomes.Select((outcome, index) => (index, outcome)), pair => pair.outcome.Fault is not null);
        // They are fits, most of them, and of all kinds.
        Assert.True(outcomes.Count(outcome => outcome.Refusal is null) > 180, $"{outcomes.Count(outcome => outcome.Refusal is null)}");
        Assert.True(outcomes.Select(outcome => outcome.Kind).Distinct().Count() > 20);
    }

    /// <summary>Incomplete rows that hold the covariance on its floor, where sums of deviations as they are lose its least eigenvalue.</summary>
    [Theory]
    [InlineData(1124)]
    [InlineData(3583)]
    [InlineData(5465)]
    [InlineData(6242)]
    [InlineData(6462)]
    [InlineData(8009)]
    [InlineData(8603)]
    public void IncompleteRowsThatAreNearlySingularKeepTheirDigits(int index)
    {
        RandomFitOutcome outcome = RandomFit.Run((ulong)index);
        Assert.Equal(("mvn", null, null), (outcome.Kind, outcome.Refusal, outcome.Fault));
    }

    /// <summary>
    /// Structured covariances on a floor or next to singular: products of deviations would lose the least eigenvalue, and coordinates that raise a matrix to the floor its volume.
    /// </summary>
    [Theory]
    [InlineData(336, "EVV")]
    [InlineData(5846, "EVV")]
    [InlineData(6840, "VEV")]
    [InlineData(7481, "EVV")]
    [InlineData(7669, "EVV")]
    [InlineData(8099, "EVE")]
    [InlineData(10558, "Tied")]
    public void NearlySingularStructuresKeepTheirDigits(int index, string structure)
    {
        RandomFitOutcome outcome = RandomFit.Run((ulong)index);
        Assert.Equal(($"gmm {structure}", null, null), (outcome.Kind, outcome.Refusal, outcome.Fault));
    }

    /// <summary>What has no likelihood, or none that doubles can tell, is said.</summary>
    [Theory]
    [InlineData(27, "EVV", "collapsed on too few rows")]
    [InlineData(4448, "VVE", "in like units")]
    [InlineData(6732, "EVE", "in like units")]
    public void WhatDoublesCannotTellIsRefused(int index, string structure, string why)
    {
        RandomFitOutcome outcome = RandomFit.Run((ulong)index);
        Assert.Equal(($"gmm {structure}", null), (outcome.Kind, outcome.Fault));
        Assert.Contains(why, outcome.Refusal, StringComparison.Ordinal);
    }
}
