namespace Latent.Bench.Compare;

/// <summary>All figures of one piece of work.</summary>
internal sealed class Row(Work work, List<OwnMeasurement> ours, List<Measurement> theirs, (Measurement Fit, long PeakBytes)? command)
{
    /// <summary>How far two programs may differ after the same iterations: relative, for float64.</summary>
    private const double Agreement = 1e-9;

    private const string WholeCall = "fit()";

    /// <summary>float32 sums of a peer do not carry more.</summary>
    private const double SingleAgreement = 1e-4;

    public Work Work => work;

    /// <summary>The fastest of our fits: the machine can only add to a time.</summary>
    public OwnMeasurement Best { get; } = ours.MinBy(fit => fit.Seconds)!;

    public (Measurement Fit, long PeakBytes)? Command => command;

    /// <summary>The floating-point operations needed, over the peak, over our time.</summary>
    public double ShareOfPeak(double peak) => work.Flops / peak / (Best.Seconds / work.Iterations);

    /// <summary>The fastest fit of a peer, its better algorithm, or null where it was not run.</summary>
    public Measurement? Peer(string name) => theirs.Where(fit => fit.Peer == name && fit.Variant != WholeCall).MinBy(fit => fit.Seconds);

    /// <summary>The time of a peer's whole call over ours, with the initialisation that it runs even when it is given a start; NaN where there is none.</summary>
    public double WholeRatio => theirs.Where(fit => fit.Variant == WholeCall).Select(fit => fit.Milliseconds / Milliseconds).DefaultIfEmpty(double.NaN).Min();

    /// <summary>How many times the peer's time is ours; NaN where it was not run.</summary>
    public double Ratio(string name) => Peer(name) is { } peer ? peer.Milliseconds / Milliseconds : double.NaN;

    public double Milliseconds => Best.Seconds / work.Iterations * 1000;

    /// <summary>The largest relative difference between our objective and that of a peer at the same point.</summary>
    public double Difference => theirs.Select(Apart).Append(command is { } run ? Math.Abs(run.Fit.Objective / Best.Final - 1) : 0).Max();

    /// <summary>Whether every contender did the same work.</summary>
    public bool Agrees => Difference <= (work.IsSingle ? SingleAgreement : Agreement);

    private double Apart(Measurement peer)
    {
        double mine = (work.Model, peer.Peer) switch
        {
            ("kmeans", _) => Best.Final,
            (_, "scikit-learn") => Best.BeforeLast / work.Rows,
            _ => Best.Final / work.Rows,
        };
        return Math.Abs(peer.Objective / mine - 1);
    }
}

/// <summary>One of our fits.</summary>
/// <param name="Seconds">Time of the fit alone.</param>
/// <param name="Final">The objective at the parameters returned: total log-likelihood, or sum of squared distances.</param>
/// <param name="BeforeLast">The objective before the last M-step, which is what scikit-learn reports for a mixture.</param>
internal sealed record OwnMeasurement(double Seconds, double Final, double BeforeLast);
