using Latent.Data;
using Latent.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Latent.Markov;

/// <summary>
/// The moments of consecutive values of one column, and the hidden Markov model that has them: with T_x the matrix of how often (y, x, z) follow each other, Tₓ·(Σₓ Tₓ)⁻¹ on the S leading
/// directions has the eigenvalues P(x | state) and, for every x, the same eigenvectors [Hsu2012; Anandkumar2012, algorithm B].
/// </summary>
internal sealed class SpectralMoments
{
    private const int MostValues = 64;
    private const int Attempts = 16;

    // A direction whose singular value is this part of the greatest says no more than noise.
    private const double LeastRank = 1e-10;

    private readonly Matrix<double>[] _triples;
    private readonly Matrix<double> _pairs;

    /// <param name="values">The different values.</param>
    /// <param name="pairs">How often value i is followed by value j.</param>
    /// <param name="triples">For each middle value: how often value i comes before it and value j after.</param>
    public SpectralMoments(double[] values, Matrix<double> pairs, Matrix<double>[] triples) => (Values, _pairs, _triples) = (values, pairs, triples);

    /// <summary>How often value i is followed by value j.</summary>
    public Matrix<double> Pairs => _pairs;

    /// <summary>For each middle value: how often value i comes before it and value j after.</summary>
    public Matrix<double>[] Triples => _triples;

    /// <summary>The different values, in order.</summary>
    public double[] Values { get; }

    /// <summary>The moments of sequences; pairs and triples with a missing step do not count.</summary>
    /// <exception cref="DegenerateStartException">There are several columns, too few or too many values, or no three steps in a row.</exception>
    public static SpectralMoments Of(SequenceSource sequences, int states)
    {
        double[] values = Distinct(sequences);
        if (values.Length < states)
        {
            throw new DegenerateStartException($"Expected at least {states} different values, one per state, for a spectral start, found {values.Length}. Use fewer states, or another start.");
        }
        Matrix<double> pairs = Matrix<double>.Build.Dense(values.Length, values.Length);
        Matrix<double>[] triples = [.. values.Select(_ => Matrix<double>.Build.Dense(values.Length, values.Length))];
        double total = 0;
        for (int index = 0; index < sequences.ChunkCount; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                double weight = chunk.Weight(sequence);
                (int before, int last) = (-1, -1);
                for (int step = chunk.Offsets[sequence]; step < chunk.Offsets[sequence + 1]; step++)
                {
                    double value = chunk.Steps[step, 0];
                    int code = double.IsNaN(value) ? -1 : Array.BinarySearch(values, value);
                    if (last >= 0 && code >= 0)
                    {
                        pairs[last, code] += weight;
                        if (before >= 0)
                        {
                            triples[last][before, code] += weight;
                            total += weight;
                        }
                    }
                    (before, last) = (last, code);
                }
            }
        }
        return total > 0 ? new SpectralMoments(values, pairs, triples) : throw new DegenerateStartException("Expected three steps in a row for a spectral start, found none. Use another start.");
    }

    /// <summary>The model of so many states: P(value | state), values × states; P(state, next state), states × states, which sums to one.</summary>
    /// <exception cref="DegenerateStartException">The moments have fewer directions than there are states, or no real eigenvectors.</exception>
    public (Matrix<double> Emissions, Matrix<double> Moves) Solve(int states, RandomGenerator random)
    {
        Matrix<double> sum = _triples.Aggregate((one, other) => one + other);
        Svd<double> svd = sum.Svd();
        if (!(svd.S[states - 1] > LeastRank * svd.S[0]))
        {
            throw new DegenerateStartException($"Expected moments of rank {states} for a spectral start, found less. Use fewer states, or another start.");
        }
        Matrix<double> left = svd.U.SubMatrix(0, Values.Length, 0, states).Transpose();
        Matrix<double> right = svd.VT.SubMatrix(0, states, 0, Values.Length).Transpose();
        Matrix<double> inverse = (left * sum * right).Inverse();
        Matrix<double>[] operators = [.. _triples.Select(triple => left * triple * right * inverse)];
        Matrix<double> vectors = Eigenvectors(operators, states, random);
        Matrix<double> back = vectors.Inverse();
        Matrix<double> emissions = Matrix<double>.Build.Dense(Values.Length, states);
        for (int value = 0; value < Values.Length; value++)
        {
            emissions.SetRow(value, (back * operators[value] * vectors).Diagonal());
        }
        emissions = OnSimplex(emissions);
        Matrix<double> pseudo = emissions.PseudoInverse();
        Matrix<double> moves = (pseudo * _pairs * pseudo.Transpose()).PointwiseMaximum(0);
        double all = moves.Enumerate().Sum();
        return all > 0 && double.IsFinite(all)
            ? (emissions, moves / all)
            : throw new DegenerateStartException("Expected moments of a chain for a spectral start, found none. Use another start.");
    }

    /// <summary>The common eigenvectors of the operators, from a random combination of them: of several the one whose eigenvalues lie furthest apart.</summary>
    private static Matrix<double> Eigenvectors(Matrix<double>[] operators, int states, RandomGenerator random)
    {
        Matrix<double>? best = null;
        double widest = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Matrix<double> mixed = Matrix<double>.Build.Dense(states, states);
            foreach (Matrix<double> each in operators)
            {
                mixed += random.NextGaussian() * each;
            }
            Evd<double> evd = mixed.Evd();
            double size = evd.EigenValues.Max(value => value.Magnitude);
            double[] sorted = [.. evd.EigenValues.Select(value => value.Real).Order()];
            double gap = sorted.Skip(1).Zip(sorted, (above, below) => above - below).DefaultIfEmpty(size).Min() / size;
            if (evd.EigenValues.All(value => Math.Abs(value.Imaginary) <= 1e-9 * size) && gap > widest)
            {
                (widest, best) = (gap, evd.EigenVectors);
            }
        }
        return best ?? throw new DegenerateStartException("Expected moments with real eigenvectors for a spectral start, found complex ones. Use another start.");
    }

    /// <summary>Columns without negative entries that sum to one.</summary>
    private static Matrix<double> OnSimplex(Matrix<double> shares)
    {
        shares = shares.PointwiseMaximum(0);
        Vector<double> sums = shares.ColumnSums();
        for (int column = 0; column < shares.ColumnCount; column++)
        {
            double scale = sums[column];
            shares.SetColumn(column, scale > 0 && double.IsFinite(scale)
                ? shares.Column(column) / scale
                : throw new DegenerateStartException("Expected moments of distributions for a spectral start, found none. Use another start."));
        }
        return shares;
    }

    private static double[] Distinct(SequenceSource sequences)
    {
        if (sequences.Schema.Count != 1)
        {
            throw new DegenerateStartException($"Expected one column for a spectral start, found {sequences.Schema.Count}. Use another start.");
        }
        SortedSet<double> values = [];
        for (int index = 0; index < sequences.ChunkCount; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int step = 0; step < chunk.Steps.Rows; step++)
            {
                double value = chunk.Steps[step, 0];
                if (!double.IsNaN(value) && values.Add(value) && values.Count > MostValues)
                {
                    throw new DegenerateStartException($"Expected at most {MostValues} different values for a spectral start, found more. Use another start.");
                }
            }
        }
        return [.. values];
    }
}
