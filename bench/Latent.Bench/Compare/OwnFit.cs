using Latent.Clustering;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Bench.Compare;

/// <summary>Our own side: plain EM (or Lloyd) through the library, two threads, from the given start, a fixed number of iterations.</summary>
internal sealed class OwnFit : IDisposable
{
    private const int Threads = 2;

    private readonly Work _work;
    private readonly RowTable _table;
    private readonly Func<OwnMeasurement> _fit;

    /// <summary>Loads the data (mapped) and makes the start.</summary>
    public OwnFit(Work work, string folder)
    {
        _work = work;
        _table = DataFiles.Read(Path.Combine(folder, work.Data + ".npy"));
        using RowTable means = DataFiles.Read(Path.Combine(folder, work.Data + "_init.npy"));
        double[][] start = [.. Enumerable.Range(0, work.Components).Select(row => Row(means.Rows, row))];
        _fit = work.Model == "kmeans" ? KMeansFit(start) : MixtureFit(start);
    }

    /// <summary>Several fits, after one that lets the compiler settle.</summary>
    public List<OwnMeasurement> Measure(int repeats)
    {
        _fit();
        return [.. Enumerable.Range(0, repeats).Select(_ => _fit())];
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    /// <summary>Writes an NPY file of <paramref name="times"/> copies of the rows of another.</summary>
    public static void Repeat(string source, string target, int times)
    {
        using RowTable table = DataFiles.Read(source);
        byte[] body = File.ReadAllBytes(source);
        int offset = body.Length - checked((int)table.RowCount * table.Rows.Columns * sizeof(double));
        string shape = $"({table.RowCount * times}, {table.Rows.Columns})";
        string header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        using FileStream stream = File.Create(target);
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header)]);
        for (int copy = 0; copy < times; copy++)
        {
            stream.Write(body.AsSpan(offset));
        }
    }

    private Func<OwnMeasurement> MixtureFit(double[][] means)
    {
        GaussianMixtureFit start = GaussianMixture.Fit(_table.Rows, _work.Components, new GaussianMixtureOptions
        {
            Covariance = _work.Covariance == "full" ? CovarianceStructure.Full : CovarianceStructure.Diagonal,
            StartMeans = means,
            MaxIterations = 0,
            Threads = Threads,
        });
        if (_work.Covariance == "full")
        {
            return Em(new FullGaussianFamily(_work.Columns), [.. start.Components], start.Weights.AsSpan());
        }
        DiagonalGaussian[] components =
        [
            .. start.Components.Select(component =>
                new DiagonalGaussian(component.Mean, Enumerable.Range(0, _work.Columns).Select(i => component.Covariance.Matrix[i * _work.Columns + i]).ToArray())),
        ];
        return Em(new DiagonalGaussianFamily(_work.Columns), components, start.Weights.AsSpan());
    }

    private Func<OwnMeasurement> Em<TComponent>(IFamily<TComponent, RowTile> family, TComponent[] components, ReadOnlySpan<double> weights)
    {
        MixtureModel<TComponent> model = new(family, _work.Components, _work.Columns);
        Mixture<TComponent> start = new(weights, components);
        EmOptions options = new() { Acceleration = Accelerator.None, Stopping = StoppingRule.Never, MaxIterations = _work.Iterations, Threads = Threads };
        return () =>
        {
            EmResult<Mixture<TComponent>> fit = Latent.Em.Fit(model, _table.Rows, start, options);
            return new OwnMeasurement(fit.Elapsed.TotalSeconds, fit.LogLikelihood, fit.Trace[^2]);
        };
    }

    private Func<OwnMeasurement> KMeansFit(double[][] centers)
    {
        IRowSource rows = _work.IsSingle ? Single() : _table.Rows;
        KMeansOptions options = new()
        {
            StartCenters = new KMeansCenters(centers.SelectMany(center => center).ToArray(), _work.Columns),
            MaxIterations = _work.Iterations,
            Threads = Threads,
        };
        return () =>
        {
            KMeansFit fit = KMeans.Fit(rows, _work.Components, options);
            return new OwnMeasurement(fit.Elapsed.TotalSeconds, fit.Inertia, fit.Trace[^2]);
        };
    }

    private RowSource Single()
    {
        float[] values = new float[_work.Rows * _work.Columns];
        for (int index = 0, chunk = 0; chunk < _table.Rows.ChunkCount; chunk++)
        {
            foreach (double value in _table.Rows.GetChunk(chunk).Values)
            {
                values[index++] = (float)value;
            }
        }
        return RowSource.From(values, _work.Columns);
    }

    private static double[] Row(RowSource rows, int row)
    {
        double[] values = new double[rows.Columns];
        rows.CopyRow(row, values);
        return values;
    }
}
