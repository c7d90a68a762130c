using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// Remission of cancer in 27 patients against six measurements [Lee, Computer Programs in Biomedicine 4 (1974) 80; the data also stand in
/// the SAS/STAT documentation of PROC LOGISTIC]: logistic regression by quadratic minorisation, with a bound on the curvature that is uniform
/// [Böhning and Lindsay, AISM 40 (1988) 641] or adapted to each case [Jaakkola and Jordan, Statistics and Computing 10 (2000) 25].
/// </summary>
internal sealed class RemissionMap(bool uniform) : IEmMap
{
    public const double Maximum = -10.8753261427229;

    public static readonly double[] Estimate =
        [58.0384871145, 24.6615438508, 19.2935745809, -19.6012612371, 3.895963328, .1510923332, -87.4339023539];

    // cell, smear, infiltrate, labelling index, blasts, temperature, remission
    private static readonly double[,] _data =
    {
        { 0.80, 0.83, 0.66, 1.9, 1.100, 0.996, 1 }, { 0.90, 0.36, 0.32, 1.4, 0.740, 0.992, 1 }, { 0.80, 0.88, 0.70, 0.8, 0.176, 0.982, 0 },
        { 1.00, 0.87, 0.87, 0.7, 1.053, 0.986, 0 }, { 0.90, 0.75, 0.68, 1.3, 0.519, 0.980, 1 }, { 1.00, 0.65, 0.65, 0.6, 0.519, 0.982, 0 },
        { 0.95, 0.97, 0.92, 1.0, 1.230, 0.992, 1 }, { 0.95, 0.87, 0.83, 1.9, 1.354, 1.020, 0 }, { 1.00, 0.45, 0.45, 0.8, 0.322, 0.999, 0 },
        { 0.95, 0.36, 0.34, 0.5, 0.000, 1.038, 0 }, { 0.85, 0.39, 0.33, 0.7, 0.279, 0.988, 0 }, { 0.70, 0.76, 0.53, 1.2, 0.146, 0.982, 0 },
        { 0.80, 0.46, 0.37, 0.4, 0.380, 1.006, 0 }, { 0.20, 0.39, 0.08, 0.8, 0.114, 0.990, 0 }, { 1.00, 0.90, 0.90, 1.1, 1.037, 0.990, 0 },
        { 1.00, 0.84, 0.84, 1.9, 2.064, 1.020, 1 }, { 0.65, 0.42, 0.27, 0.5, 0.114, 1.014, 0 }, { 1.00, 0.75, 0.75, 1.0, 1.322, 1.004, 0 },
        { 0.50, 0.44, 0.22, 0.6, 0.114, 0.990, 0 }, { 1.00, 0.63, 0.63, 1.1, 1.072, 0.986, 1 }, { 1.00, 0.33, 0.33, 0.4, 0.176, 1.010, 0 },
        { 0.90, 0.93, 0.84, 0.6, 1.591, 1.020, 0 }, { 1.00, 0.58, 0.58, 1.0, 0.531, 1.002, 1 }, { 0.95, 0.32, 0.30, 1.6, 0.886, 0.988, 0 },
        { 1.00, 0.60, 0.60, 1.7, 0.964, 0.990, 1 }, { 1.00, 0.69, 0.69, 0.9, 0.398, 0.986, 1 }, { 1.00, 0.73, 0.73, 0.7, 0.398, 0.986, 0 },
    };

    private static readonly Matrix<double> _design = Matrix<double>.Build.Dense(27, 7, (i, j) => j == 0 ? 1 : _data[i, j - 1]);

    private static readonly Vector<double> _remission = Vector<double>.Build.Dense(27, i => _data[i, 6]);

    public int Length => 7;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        Vector<double> coefficients = Vector<double>.Build.DenseOfArray(point.ToArray());
        Vector<double> linear = _design * coefficients;
        Vector<double> probability = linear.Map(x => 1 / (1 + Math.Exp(-x)));
        objective = _remission * linear - linear.Map(x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)))).Sum();
        Vector<double> curvature = uniform
            ? Vector<double>.Build.Dense(27, 0.25)
            : (2 * probability - 1).PointwiseDivide(2 * linear);
        Matrix<double> bound = _design.TransposeThisAndMultiply(Matrix<double>.Build.DenseOfDiagonalVector(curvature) * _design);
        (coefficients + bound.Solve(_design.TransposeThisAndMultiply(_remission - probability))).ToArray().CopyTo(image);
        return true;
    }
}
