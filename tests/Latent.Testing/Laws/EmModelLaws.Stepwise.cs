using Xunit;

namespace Latent.Testing;

public abstract partial class EmModelLaws<TParameters, TChunk>
{
    /// <summary>Relative tolerance of a statistic that was moved to another origin.</summary>
    protected virtual double MoveTolerance => 1e-9;

    /// <summary>A statistic moved to another origin has the same M-step there, and comes back as it was.</summary>
    [Law]
    public void AMovedStatisticHasTheSameMaximum()
    {
        if (Model is not IStepwiseModel<TParameters, TChunk> model)
        {
            return;
        }
        Random random = new(Seed + 80);
        TParameters here = Parameters(random);
        TParameters there = Parameters(random);
        Sweep sweep = Expect(here, Draw(random, 4 * Observations));
        double[] moved = [.. sweep.Statistic];

        model.MoveOrigin(moved, here, there);

        double[] expected = Flatten(Model.Maximize(sweep.Statistic, here));
        Close.Equal(expected, Flatten(Model.Maximize(moved, there)), MoveTolerance, [.. expected.Select(value => 1 + Math.Abs(value))], "parameters");
        model.MoveOrigin(moved, there, here);
        double scale = sweep.Statistic.Max(Math.Abs);
        Close.Equal(sweep.Statistic, moved, MoveTolerance, [.. sweep.Statistic.Select(value => scale + Math.Abs(value))], "statistic");
    }

    /// <summary>Moving is linear: a sum moves as its parts do, whatever the origin.</summary>
    [Law]
    public void MovingIsLinear()
    {
        if (Model is not IStepwiseModel<TParameters, TChunk> model)
        {
            return;
        }
        Random random = new(Seed + 81);
        TParameters here = Parameters(random);
        TParameters there = Parameters(random);
        double[] first = Expect(here, Draw(random, Observations)).Statistic;
        double[] second = Expect(here, Draw(random, Observations)).Statistic;
        double[] sum = [.. first.Zip(second, (a, b) => a + 0.25 * b)];

        model.MoveOrigin(first, here, there);
        model.MoveOrigin(second, here, there);
        model.MoveOrigin(sum, here, there);

        double scale = sum.Max(Math.Abs);
        Close.Equal([.. first.Zip(second, (a, b) => a + 0.25 * b)], sum, MoveTolerance, [.. sum.Select(value => scale + Math.Abs(value))], "statistic");
    }

    /// <summary>The mass of a chunk is that of its parts, and none where there is nothing.</summary>
    [Law]
    public void MassIsAdditive()
    {
        if (Model is not IStepwiseModel<TParameters, TChunk> model)
        {
            return;
        }
        Random random = new(Seed + 82);
        TChunk first = Draw(random, Observations);
        TChunk second = Draw(random, 7);
        Assert.Equal(0, model.Mass(Draw(random, 0)));
        Assert.True(model.Mass(first) > model.Mass(second));
        Close.Equal(model.Mass(first) + model.Mass(second), model.Mass(Join(first, second)), 1e-9, "mass");
    }

    /// <summary>Epochs of stepwise and incremental EM do not depend on threads or ranks, to the last bit.</summary>
    [Law]
    public void EpochsGiveTheSameBits()
    {
        if (Model is not IStepwiseModel<TParameters, TChunk> model)
        {
            return;
        }
        Random random = new(Seed + 83);
        ChunkList<TChunk> data = new([.. Enumerable.Range(0, 40).Select(_ => Draw(random, Observations))]);
        TParameters start = Parameters(random);
        double batch = 5 * model.Mass(data.GetChunk(0));
        foreach (EmAlgorithm algorithm in (EmAlgorithm[])[new StepwiseEm { BatchSize = (int)batch }, new IncrementalEm { BatchSize = (int)batch }])
        {
            EmOptions options = new() { Algorithm = algorithm, MaxIterations = 1, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, Threads = 1 };
            EmResult<TParameters> alone = Em.Fit(Model, data, start, options);
            AssertSameBits(alone, Em.Fit(Model, data, start, options with { Threads = 3 }), $"3 threads, {algorithm}");
            foreach (EmResult<TParameters> rank in ThreadCommunicator.Run(2, communicator => Em.Fit(Model, data, start, options with { Communicator = communicator })))
            {
                AssertSameBits(alone, rank, $"2 ranks, {algorithm}");
            }
        }
    }
}
