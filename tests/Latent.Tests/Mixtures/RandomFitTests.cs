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
}
