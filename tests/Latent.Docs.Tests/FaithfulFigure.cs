using System.Globalization;
using System.Text;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Docs.Tests;

/// <summary>The picture of the README, drawn from the fit: rows coloured by component, ellipses that hold half and 95 % of each.</summary>
internal static class FaithfulFigure
{
    private const double Left = 54, Top = 14, Width = 566, Height = 316;
    private const double MinX = 1.4, MaxX = 5.4, MinY = 40, MaxY = 100;

    private static readonly string[] _colors = ["#2f6db5", "#d9772b"];

    public static string Draw(RowSource rows, GaussianMixtureFit fit)
    {
        StringBuilder svg = new();
        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 380\" font-family=\"system-ui, sans-serif\" font-size=\"13\">");
        Line($"<rect width=\"640\" height=\"380\" rx=\"6\" fill=\"#ffffff\"/>");
        foreach (double x in new[] { 2.0, 3, 4, 5 })
        {
            Line($"<path d=\"M{X(x):F1} {Top}V{Top + Height}\" stroke=\"#e8e8e8\"/><text x=\"{X(x):F1}\" y=\"{Top + Height + 18}\" text-anchor=\"middle\" fill=\"#555\">{x}</text>");
        }
        foreach (double y in new[] { 50.0, 60, 70, 80, 90 })
        {
            Line($"<path d=\"M{Left} {Y(y):F1}H{Left + Width}\" stroke=\"#e8e8e8\"/><text x=\"{Left - 8}\" y=\"{Y(y) + 4:F1}\" text-anchor=\"end\" fill=\"#555\">{y}</text>");
        }
        Line($"<text x=\"{Left + Width / 2}\" y=\"{Top + Height + 40}\" text-anchor=\"middle\" fill=\"#333\">length of the eruption, minutes</text>");
        Line($"<text transform=\"translate(16 {Top + Height / 2}) rotate(-90)\" text-anchor=\"middle\" fill=\"#333\">wait for the next, minutes</text>");
        int[] labels = fit.Predict(rows);
        double[] values = new double[2];
        for (int k = 0; k < fit.Components.Length; k++)
        {
            Line($"<g fill=\"{_colors[k]}\" fill-opacity=\"0.55\">");
            for (int row = 0; row < labels.Length; row++)
            {
                if (labels[row] == k)
                {
                    rows.CopyRow(row, values);
                    svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(values[0]):F1}\" cy=\"{Y(values[1]):F1}\" r=\"2.6\"/>");
                }
            }
            Line($"</g>");
            // Two degrees of freedom: P(q < r²) = 1 − exp(−r²/2).
            foreach (double share in new[] { 0.5, 0.95 })
            {
                Line($"<path d=\"{Ellipse(fit.Components[k], Math.Sqrt(-2 * Math.Log(1 - share)))}\" fill=\"none\" stroke=\"{_colors[k]}\" stroke-width=\"1.8\"/>");
            }
            (double x, double y) = (fit.Components[k].Mean[0], fit.Components[k].Mean[1]);
            Line($"<text x=\"{X(x):F1}\" y=\"{Y(y) + (k == 0 ? 118 : -100):F1}\" text-anchor=\"middle\" fill=\"{_colors[k]}\">{fit.Weights[k]:P0} of eruptions</text>");
        }
        Line($"</svg>");
        return svg.ToString();
    }

    /// <summary>The image of a circle of some radius under x = μ + L·z.</summary>
    private static string Ellipse(Gaussian component, double radius)
    {
        ReadOnlySpan<double> lower = component.Covariance.Lower;
        StringBuilder path = new();
        for (int step = 0; step < 72; step++)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * step / 72);
            double x = component.Mean[0] + radius * lower[0] * cosine;
            double y = component.Mean[1] + radius * (lower[2] * cosine + lower[3] * sine);
            path.Append(CultureInfo.InvariantCulture, $"{(step == 0 ? 'M' : 'L')}{X(x):F1} {Y(y):F1}");
        }
        return path.Append('Z').ToString();
    }

    private static double X(double minutes) => Left + (minutes - MinX) / (MaxX - MinX) * Width;

    private static double Y(double wait) => Top + Height - (wait - MinY) / (MaxY - MinY) * Height;
}
