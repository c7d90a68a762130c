using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>From the information in coordinates to a table of natural parameters: the delta method, and who is left out and why.</summary>
internal sealed class EstimateTable<TParameters>
{
    private const double Loading = 0.05;

    private readonly Chart<TParameters> _chart;
    private readonly double[] _values;
    private readonly HashSet<int> _held = [];
    private readonly Matrix<double> _gradients;

    public EstimateTable(Chart<TParameters> chart)
    {
        _chart = chart;
        _values = chart.NaturalValues;
        Active = [.. Enumerable.Range(0, chart.Length).Where(chart.IsFree)];
        for (int j = 0; j < chart.Length; j++)
        {
            if (!Active.Contains(j))
            {
                Hold(j);
            }
        }
        Matrix<double> jacobian = chart.Jacobian(chart.Origin, Active)
            ?? throw new NumericalException("Expected natural parameters on both sides of the estimate, found none.");
        _gradients = Matrix<double>.Build.Dense(_values.Length, Active.Count, (i, a) => jacobian[i, Active[a]]);
    }

    /// <summary>The coordinates that can move both ways.</summary>
    public IReadOnlyList<int> Active { get; }

    public ParameterEstimates Fill(
        Information information, Matrix<double>? rate, StandardErrorOptions options, string method, int passes, IEnumerable<string> degeneracies)
    {
        InformationSpectrum spectrum = new(information.Value, information.Error, information.Unit, information.Residual);
        Matrix<double> inverse = spectrum.Covariance;
        Matrix<double> covariance = inverse;
        if (options.Method == StandardErrorMethod.Sandwich)
        {
            covariance = inverse * information.Products! * inverse;
        }
        else if (options.Method == StandardErrorMethod.OuterProduct)
        {
            spectrum = new InformationSpectrum(information.Products!, null, information.Unit, 0);
            covariance = spectrum.Covariance;
        }
        double[] errors = Errors(inverse, covariance, information.Error, options.Method);
        Matrix<double> natural = _gradients * covariance * _gradients.Transpose();
        Matrix<double>? missing = rate is null ? null : _gradients * rate * inverse * _gradients.Transpose();
        Matrix<double> whole = _gradients * inverse * _gradients.Transpose();
        ParameterEstimate[] rows = new ParameterEstimate[_values.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            string? reason = WhyNot(i, spectrum);
            double error = reason is null ? Math.Sqrt(natural[i, i]) : double.NaN;
            (double lower, double upper) = ConfidenceInterval.Of(_values[i], error, _chart.Names[i].Scale, options.Confidence);
            double share = reason is null && missing is not null ? missing[i, i] / whole[i, i] : double.NaN;
            rows[i] = new ParameterEstimate(_chart.Names[i].Name, _values[i], error, lower, upper, share, reason is null ? errors[i] : double.NaN, reason);
        }
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows.Length; j++)
            {
                natural[i, j] = rows[i].Note is null && rows[j].Note is null ? natural[i, j] : double.NaN;
            }
        }
        double gain = information.Gradient is { } gradient ? 0.5 * (gradient * inverse * gradient) : double.NaN;
        return new ParameterEstimates(rows, natural)
        {
            Method = method,
            Confidence = options.Confidence,
            Passes = passes,
            RemainingGain = gain,
            LargestRate = rate is null ? double.NaN : LargestEigenvalue(rate),
            Undetermined = [.. spectrum.Flat.OrderBy(flat => flat.Curvature).Select(flat => Name(flat.Curvature, flat.Direction, spectrum))],
            Notes = [.. Notes(gain), .. degeneracies],
        };
    }

    private static IEnumerable<string> Notes(double gain)
    {
        // ½gᵀA⁻¹g nats: the estimate is √(2·gain) standard errors from the maximum.
        if (gain > 1e-3)
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The estimate is not at the maximum: about {gain:G2} nats are still to gain. Fit on, with a tighter stopping rule.");
        }
    }

    private string? WhyNot(int parameter, InformationSpectrum spectrum)
    {
        Vector<double> gradient = _gradients.Row(parameter);
        return _held.Contains(parameter) ? "on a boundary"
            : gradient.AbsoluteMaximum() == 0 ? "fixed: it has no coordinate, as on a boundary"
            : spectrum.IsUndetermined(gradient) ? "not determined by the data"
            : null;
    }

    /// <summary>The relative error of each standard error, from |G·A⁻¹|·|δA|·|V·Gᵀ|: an upper bound to first order.</summary>
    private double[] Errors(Matrix<double> inverse, Matrix<double> covariance, Matrix<double> error, StandardErrorMethod method)
    {
        double[] errors = new double[_values.Length];
        if (method == StandardErrorMethod.OuterProduct)
        {
            return errors;
        }
        Matrix<double> left = (_gradients * inverse).PointwiseAbs();
        Matrix<double> right = (_gradients * covariance).PointwiseAbs();
        Matrix<double> spread = left * error;
        for (int i = 0; i < errors.Length; i++)
        {
            double variance = _gradients.Row(i) * covariance * _gradients.Row(i);
            double change = spread.Row(i) * right.Row(i) / variance;
            errors[i] = method == StandardErrorMethod.Sandwich ? change : change / 2;
        }
        return errors;
    }

    private static double LargestEigenvalue(Matrix<double> rate) => rate.Evd().EigenValues.Max(value => value.Magnitude);

    private UnidentifiedDirection Name(double curvature, Vector<double> direction, InformationSpectrum spectrum)
    {
        double[] moved = new double[_values.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            Vector<double> gradient = _gradients.Row(i);
            double whole = gradient.PointwiseMultiply(spectrum.Scale).L2Norm();
            moved[i] = whole > 0 ? gradient * direction / whole : 0;
        }
        double largest = moved.Max(Math.Abs);
        int[] order = [.. Enumerable.Range(0, moved.Length).Where(i => Math.Abs(moved[i]) >= Loading * largest).OrderByDescending(i => Math.Abs(moved[i]))];
        double sign = order.Length > 0 && moved[order[0]] < 0 ? -largest : largest;
        return new UnidentifiedDirection(curvature, [.. order.Select(i => (_chart.Names[i].Name, moved[i] / sign))]);
    }

    /// <summary>The natural parameters that a coordinate on a boundary would move, found on whichever side exists.</summary>
    private void Hold(int coordinate)
    {
        double[] values = new double[_values.Length];
        for (double step = 1e-2 * Math.Max(1, Math.Abs(_chart.Origin[coordinate])); step > 1e-6; step /= 10)
        {
            foreach (double by in new[] { step, -step })
            {
                if (!_chart.TryAt(_chart.Moved(coordinate, by), out TParameters? parameters))
                {
                    continue;
                }
                _chart.Natural.WriteNaturalParameters(parameters, values);
                for (int i = 0; i < values.Length; i++)
                {
                    if (values[i] != _values[i])
                    {
                        _held.Add(i);
                    }
                }
                return;
            }
        }
    }
}
