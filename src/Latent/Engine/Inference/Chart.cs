using System.Diagnostics.CodeAnalysis;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>The neighbourhood of an estimate: its coordinates, its natural parameters, and how the latter move with the former.</summary>
internal sealed class Chart<TParameters>
{
    private const double Step = 4e-3;

    private readonly ICoordinates<TParameters> _coordinates;
    private readonly Func<TParameters, double> _logPrior;

    public Chart(ICoordinates<TParameters> coordinates, INaturalParameters<TParameters>? natural, Func<TParameters, double> logPrior, TParameters estimate)
    {
        _coordinates = coordinates;
        _logPrior = logPrior;
        Estimate = estimate;
        Origin = new double[coordinates.CoordinateCount(estimate)];
        coordinates.WriteCoordinates(estimate, Origin);
        Natural = natural ?? new CoordinatesAsParameters<TParameters>(coordinates);
        Names = Natural.NaturalParameters(estimate);
    }

    /// <summary>The parameters at the origin.</summary>
    public TParameters Estimate { get; }

    /// <summary>The coordinates of the estimate.</summary>
    public double[] Origin { get; }

    /// <summary>The number of coordinates p.</summary>
    public int Length => Origin.Length;

    /// <summary>What people read.</summary>
    public INaturalParameters<TParameters> Natural { get; }

    /// <summary>Its names, m of them.</summary>
    public IReadOnlyList<NaturalParameter> Names { get; }

    /// <summary>The natural parameters' values at the estimate.</summary>
    public double[] NaturalValues => NaturalAt(Estimate)[..^1];

    /// <summary>The origin moved along one coordinate.</summary>
    public double[] Moved(int coordinate, double by)
    {
        double[] point = [.. Origin];
        point[coordinate] += by;
        return point;
    }

    /// <summary>The parameters at a point, if they are really there: on a boundary a model may answer with the nearest it has.</summary>
    public bool TryAt(ReadOnlySpan<double> point, [MaybeNullWhen(false)] out TParameters parameters)
    {
        if (!_coordinates.TryReadCoordinates(point, Estimate, out parameters) || CoordinatesOf(parameters) is not { } back)
        {
            return false;
        }
        double moved = 0;
        for (int j = 0; j < Length; j++)
        {
            moved = Math.Max(moved, Math.Abs(point[j] - Origin[j]));
        }
        for (int j = 0; j < Length; j++)
        {
            if (!(Math.Abs(back[j] - point[j]) <= 1e-3 * moved + 1e-12 * Math.Max(1, Math.Abs(point[j]))))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The coordinates of parameters that have the estimate's structure, or null for others.</summary>
    public double[]? CoordinatesOf(TParameters parameters)
    {
        if (_coordinates.CoordinateCount(parameters) != Length)
        {
            return null;
        }
        double[] point = new double[Length];
        _coordinates.WriteCoordinates(parameters, point);
        return point;
    }

    /// <summary>∂(natural parameters, log-prior)/∂coordinates at a point, (m + 1) × p; null where a coordinate cannot move both ways.</summary>
    /// <param name="point">The point.</param>
    /// <param name="active">The coordinates to move; the others' columns stay 0.</param>
    public Matrix<double>? Jacobian(double[] point, IReadOnlyList<int> active)
    {
        Matrix<double> jacobian = Matrix<double>.Build.Dense(Names.Count + 1, Length);
        foreach (int j in active)
        {
            double[]? Curve(double by)
            {
                double[] moved = [.. point];
                moved[j] += by;
                return TryAt(moved, out TParameters? parameters) ? NaturalAt(parameters) : null;
            }
            if (RichardsonDerivative.Of(Curve, Step * Math.Max(1, Math.Abs(point[j]))) is not { } column)
            {
                return null;
            }
            jacobian.SetColumn(j, column.Value);
        }
        return jacobian;
    }

    /// <summary>Whether a coordinate can move both ways from the origin.</summary>
    public bool IsFree(int coordinate)
    {
        for (double step = Step * Math.Max(1, Math.Abs(Origin[coordinate])); step > 1e-8; step /= 8)
        {
            if (TryAt(Moved(coordinate, step), out _) && TryAt(Moved(coordinate, -step), out _))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The natural parameters, and last the log-prior.</summary>
    public double[] NaturalAt(TParameters parameters)
    {
        double[] values = new double[Names.Count + 1];
        Natural.WriteNaturalParameters(parameters, values.AsSpan(0, Names.Count));
        values[^1] = _logPrior(parameters);
        return values;
    }
}

/// <summary>The coordinates themselves, for a model that has no natural parameters.</summary>
internal sealed class CoordinatesAsParameters<TParameters>(ICoordinates<TParameters> coordinates) : INaturalParameters<TParameters>
{
    public IReadOnlyList<NaturalParameter> NaturalParameters(TParameters parameters) =>
        [.. Enumerable.Range(1, coordinates.CoordinateCount(parameters)).Select(index => new NaturalParameter($"coordinate {index}"))];

    public void WriteNaturalParameters(TParameters parameters, Span<double> values) => coordinates.WriteCoordinates(parameters, values);
}
