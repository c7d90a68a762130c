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
    public void IncompleteRowsThatAreNearlySingularKeepTheirDigits(int index)
    {
        RandomFitOutcome outcome = RandomFit.Run((ulong)index);
        Assert.Equal(("mvn", null, null), (outcome.Kind, outcome.Refusal, outcome.Fault));
    }
}
