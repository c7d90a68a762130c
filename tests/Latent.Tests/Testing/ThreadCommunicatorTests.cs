using Latent.Testing;
using Xunit.Sdk;

namespace Latent.Tests.Testing;

/// <summary>Ranks on threads: right sums, no silence when ranks disagree.</summary>
public sealed class ThreadCommunicatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryRankGetsTheSum(int ranks)
    {
        double[][] found = ThreadCommunicator.Run(ranks, communicator =>
        {
            double[] values = new double[ranks];
            for (int round = 1; round <= 50; round++)
            {
                Array.Clear(values);
                values[communicator.Rank] = round * (communicator.Rank + 1);
                communicator.Sum(values);
            }
            return values;
        });
        Assert.All(found, values => Assert.Equal(Enumerable.Range(1, ranks).Select(rank => 50.0 * rank), values));
    }

    [Fact]
    public void EveryRankGetsTheFirstRanksValues()
    {
        double[][] found = ThreadCommunicator.Run(3, communicator =>
        {
            double[] values = [communicator.Rank, communicator.Size];
            communicator.Broadcast(values);
            return values;
        });
        Assert.All(found, values => Assert.Equal([0, 3], values));
    }

    [Fact]
    public void RanksAreNumbered() => Assert.Equal([0, 1, 2, 3], ThreadCommunicator.Run(4, communicator => communicator.Rank));

    [Fact]
    public void TwoContributionsAreRefused() =>
        Assert.Contains("at most one rank", Assert.Throws<XunitException>(() => ThreadCommunicator.Run(2, communicator => { communicator.Sum([1.0]); return 0; })).Message, StringComparison.Ordinal);

    [Fact]
    public void DifferentLengthsAreRefused() =>
        Assert.Throws<XunitException>(() => ThreadCommunicator.Run(2, communicator => { communicator.Sum(new double[1 + communicator.Rank]); return 0; }));

    [Fact]
    public void ARankThatLeavesEarlyIsFoundOut() =>
        Assert.Contains("disagree on when to stop", Assert.Throws<XunitException>(() => ThreadCommunicator.Run(3, communicator =>
        {
            for (int round = 0; round < 5 + communicator.Rank; round++)
            {
                communicator.Sum(new double[1]);
            }
            return 0;
        })).Message, StringComparison.Ordinal);

    [Fact]
    public void AFailureOfOneRankIsWhatTheCallerSees() =>
        Assert.Throws<InvalidTimeZoneException>(() => ThreadCommunicator.Run(3, communicator =>
        {
            if (communicator.Rank == 1)
            {
                throw new InvalidTimeZoneException();
            }
            communicator.Sum(new double[1]);
            return 0;
        }));
}
