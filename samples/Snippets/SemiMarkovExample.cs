using Latent.Data;
using Latent.Families;
using Latent.Markov;

namespace Latent.Snippets;

/// <summary>The example of the page on hidden semi-Markov models.</summary>
public static class SemiMarkovExample
{
    /// <summary>Counts of which each state lasts about as long every time, which no geometric duration does.</summary>
    public static (HiddenMarkovFit<Poisson> Ordinary, HiddenMarkovFit<Poisson> Lasting) Run()
    {
        #region fit
        DurationFamily truth = DurationFamily.Poisson(longest: 40);
        FittedHiddenMarkov<Poisson> shifts = new(
            new HiddenMarkovModel<Poisson>(new PoissonFamily(), states: 2, columns: 1) { Durations = truth },
            new HiddenMarkov<Poisson>([1, 0], [0, 1, 1, 0], [new Poisson(4), new Poisson(9)], [truth.Create(7), truth.Create(11)]),
            ["count"]);
        SequenceSource data = SequenceSource.From(RowSource.From(shifts.Sample([400]).Values));

        HiddenMarkovFit<Poisson> ordinary = HiddenMarkovModel.Fit(new PoissonFamily(), data, states: 2);
        HiddenMarkovFit<Poisson> lasting = HiddenMarkovModel.Fit(new PoissonFamily(), data, states: 2, new() { Durations = DurationFamily.NegativeBinomial(longest: 40) });
        double[] means = [.. lasting.Model.Durations.Select(duration => duration.Mean)];
        #endregion
        return (ordinary, lasting);
    }
}
