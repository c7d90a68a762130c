using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <content>The minimum of each structure.</content>
internal sealed partial class StructuredCovariance
{
    private const int MostRounds = 500;
    private const double Settled = 1e-12;

    private Covariance[] Solve() => (_structure.Orientation, _structure.Shape, _structure.Volume) switch
    {
        (CovarianceSharing.Identity, _, _) => AlongColumns(),
        (CovarianceSharing.Equal, CovarianceSharing.Equal, CovarianceSharing.Equal) => Tied(),
        (CovarianceSharing.Equal, CovarianceSharing.Equal, _) => Proportional(),
        (CovarianceSharing.Equal, _, _) => AlongCommonAxes(),
        (_, CovarianceSharing.Variable, CovarianceSharing.Variable) => Free(),
        (_, CovarianceSharing.Variable, _) => EquallyLarge(),
        _ => AlongOwnAxes(),
    };

    private Covariance[] AlongColumns()
    {
        double[] least = LeastAlongAxes(_structure, _floor, _dimension);
        double[][] values = EigenvalueFit.Solve(_structure, _counts, [.. _factors.Select(factor => SquareMatrix.RowSquares(factor, _dimension))], least, out _);
        double[] unit = SquareMatrix.Unit(_dimension);
        return [.. values.Select(row => Covariance.FromAxes(unit, row, least))];
    }

    private Covariance[] Tied()
    {
        Covariance shared = Covariance.FromWhitened(_current[0], Pooled(InFrame(), [.. _counts.Select(_ => 1.0)]), _floor);
        return [.. _counts.Select(_ => shared)];
    }

    private Covariance[] Free() =>
        [.. _factors.Select((factor, k) => Covariance.FromFactor([.. factor.Select(value => value / Math.Sqrt(_counts[k]))], _dimension, _floor))];

    /// <summary>EEV, VEV: each component along its own eigenvectors, in order of its eigenvalues.</summary>
    private Covariance[] AlongOwnAxes()
    {
        (double[] Values, double[] Axes)[] own = [.. _factors.Select(factor => FactorSpectrum.Decompose(factor, _dimension))];
        double[] least = [.. Enumerable.Repeat(LeastEigenvalue(_floor), _dimension)];
        double[][] values = EigenvalueFit.Solve(_structure, _counts, [.. own.Select(found => found.Values)], least, out _);
        RequireResolved(values);
        return [.. values.Select((row, k) => Covariance.FromAxes(own[k].Axes, row, least, _current[k].Origin ?? own[k].Axes))];
    }

    /// <summary>Without a bound, eigenvalues of a matrix that rounding has made up are no maximum of anything.</summary>
    private void RequireResolved(double[][] values)
    {
        if (!_floor.IsActive && Array.Exists(values, row => row.Min() <= Covariance.Resolved * row.Max()))
        {
            throw Covariance.Collapsed();
        }
    }

    /// <summary>EVE, VVE: the axes go on from the current ones, and where there are none from several places.</summary>
    private Covariance[] AlongCommonAxes()
    {
        double bound = LeastEigenvalue(_floor);
        bool equal = _structure.Volume == CovarianceSharing.Equal;
        double[]? from = _current[0].Axes;
        CommonAxes axes = from is not null && Array.TrueForAll(_current, covariance => ReferenceEquals(covariance.Axes, from))
            ? CommonAxes.From(_counts, _factors, from, equal, bound)
            : CommonAxes.Best(_counts, _factors, _dimension, equal, bound);
        double[] least = [.. Enumerable.Repeat(bound, _dimension)];
        double[][] values = EigenvalueFit.Solve(_structure, _counts, axes.Spread, least, out _);
        RequireResolved(values);
        double[] shared = axes.Axes;
        return [.. values.Select(row => Covariance.FromAxes(shared, row, least))];
    }

    /// <summary>EVV: Wₖ scaled to one volume; in units of the columns, in which the bound is one number.</summary>
    private Covariance[] EquallyLarge()
    {
        if (!_floor.IsActive && !Array.TrueForAll(_factors, factor => Covariance.AreIndependent(factor, _dimension)))
        {
            throw Covariance.Collapsed();
        }
        (double[] Values, double[] Axes)[] own = [.. _factors.Select(factor => FactorSpectrum.Decompose(_floor.InUnits(factor, _dimension), _dimension))];
        double[] least = [.. Enumerable.Repeat(_floor.Epsilon, _dimension)];
        double[][] values = EigenvalueFit.Solve(_structure, _counts, [.. own.Select(found => found.Values)], least, out _);
        return [.. values.Select((row, k) => Covariance.FromUnitAxes(own[k].Axes, row, _floor))];
    }

    /// <summary>VEE: Σₖ = λₖC, with λₖ = tr(WₖC⁻¹)/(d·nₖ) and C = Σₖ Wₖ/λₖ/n by turns; convex along geodesics, so that there is one minimum.</summary>
    private Covariance[] Proportional()
    {
        double[] volumes = [.. _current.Select(covariance => Elementary.Exp((covariance.LogDeterminant - _current[0].LogDeterminant) / _dimension))];
        double[][] scatters = InFrame();
        Covariance shape = _current[0];
        double least = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            double smallest = volumes.Min();
            shape = Covariance.FromWhitened(_current[0], Pooled(scatters, [.. volumes.Select(volume => 1 / volume)]), _floor.Times(1 / smallest));
            least = _floor.IsActive ? FactorSpectrum.Decompose(_floor.InUnits(shape.Lower, _dimension), _dimension).Values[0] : 1;
            double change = 0;
            for (int k = 0; k < volumes.Length; k++)
            {
                double volume = Math.Max(Trace(_factors[k], shape.Whitening) / (_dimension * _counts[k]), _floor.Epsilon / least);
                if (!(volume > 0) || !double.IsFinite(volume))
                {
                    throw new NumericalException("Expected a positive definite covariance, found a component that has collapsed on too few rows. Use a CovarianceFloor, or fewer components.");
                }
                change = Math.Max(change, Math.Abs(volume - volumes[k]) / volume);
                volumes[k] = volume;
            }
            if (!(change > Settled))
            {
                break;
            }
        }
        return [.. volumes.Select(volume => shape.Times(volume, _floor.Holds(volume * least)))];
    }

    /// <summary>The scatters in whitened coordinates of the first covariance: where these can be summed, no eigenvalue loses more digits than it has changed by.</summary>
    private double[][] InFrame() => [.. _factors.Select(factor =>
    {
        double[] own = SquareMatrix.Multiply(_current[0].Whitening, factor, _dimension);
        return SquareMatrix.Multiply(own, SquareMatrix.Transpose(own, _dimension), _dimension);
    })];

    /// <summary>Σₖ fₖWₖ/n.</summary>
    private double[] Pooled(double[][] scatters, double[] factors)
    {
        double[] pooled = new double[_dimension * _dimension];
        for (int k = 0; k < factors.Length; k++)
        {
            for (int cell = 0; cell < pooled.Length; cell++)
            {
                pooled[cell] += factors[k] / _total * scatters[k][cell];
            }
        }
        return pooled;
    }
}
