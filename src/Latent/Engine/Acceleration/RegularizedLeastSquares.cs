namespace Latent.Engine.Acceleration;

/// <summary>
/// argmin ‖b − A γ‖² + λ‖γ‖² for a matrix of few columns, decomposed once and solved for any damping λ: a Householder QR of (A | b), then a
/// one-sided Jacobi SVD of the small triangle. O(m²p) and free of allocation; columns may outnumber rows.
/// </summary>
/// <remarks>
/// The singular values of the triangle carry an error of some 1e-16·σ_max, so a damping of 1e-12 (a cut at 1e-6·σ_max) acts on digits
/// that are there; the normal equations would have lost them. [GolubVanLoan2013, alg. 5.2.1 and 8.6.1]
/// </remarks>
internal sealed class RegularizedLeastSquares
{
    private const int MaximumSweeps = 30;

    private readonly int _rows;
    private readonly int _capacity;
    private readonly double[] _matrix;
    private readonly double[] _right;
    private readonly double[] _triangle;
    private readonly double[] _vectors;
    private readonly double[] _values;

    public RegularizedLeastSquares(int rows, int capacity)
    {
        _rows = rows;
        _capacity = capacity;
        _matrix = new double[checked(rows * capacity)];
        _right = new double[rows];
        _triangle = new double[capacity * capacity];
        _vectors = new double[capacity * capacity];
        _values = new double[capacity];
    }

    /// <summary>A column of A, to be filled in; overwritten by the solve.</summary>
    public Span<double> Column(int index) => _matrix.AsSpan(index * _rows, _rows);

    /// <summary>b, to be filled in; overwritten by the solve.</summary>
    public Span<double> RightSide => _right;

    /// <summary>The squared singular values of the last solve, in no order.</summary>
    public ReadOnlySpan<double> SquaredSingularValues(int columns) => _values.AsSpan(0, columns);

    /// <summary>
    /// Decomposes the first <paramref name="columns"/> columns. Afterwards <see cref="Solve"/> answers for any damping.
    /// </summary>
    /// <returns>False when A holds no number but zero, or one that is not finite.</returns>
    public bool TryDecompose(int columns)
    {
        int rank = Triangularize(columns);
        Diagonalize(columns, rank);
        double largest = LargestSquare(columns);
        return largest > 0 && double.IsFinite(largest);
    }

    /// <summary>γ = V diag(d / (d² + <paramref name="damping"/>)) Uᵀb of the matrix decomposed last; singular values that are nil count for nothing.</summary>
    /// <returns>‖γ‖².</returns>
    public double Solve(int columns, double damping, Span<double> gamma)
    {
        double floor = LargestSquare(columns) * 1e-30;
        gamma.Clear();
        double norm = 0;
        for (int k = 0; k < columns; k++)
        {
            if (_values[k] > floor)
            {
                // the columns of the rotated triangle are d·u
                double coefficient = VectorMath.Dot(Triangle(k, columns), _right.AsSpan(0, Math.Min(columns, _rows))) / (_values[k] + damping);
                VectorMath.AddScaled(coefficient, Vector(k, columns), gamma);
                norm = Math.FusedMultiplyAdd(coefficient, coefficient, norm);
            }
        }
        return norm;
    }

    /// <summary>Writes (u_kᵀb)² for every singular vector of the matrix decomposed last; 0 where the singular value is nil.</summary>
    public void SquaredProjections(int columns, Span<double> target)
    {
        double floor = LargestSquare(columns) * 1e-30;
        for (int k = 0; k < columns; k++)
        {
            double product = VectorMath.Dot(Triangle(k, columns), _right.AsSpan(0, Math.Min(columns, _rows)));
            target[k] = _values[k] > floor ? product * product / _values[k] : 0;
        }
    }

    /// <summary>Decomposes and solves with a damping relative to the largest squared singular value.</summary>
    public bool TrySolve(int columns, double regularization, Span<double> gamma)
    {
        if (!TryDecompose(columns))
        {
            return false;
        }
        Solve(columns, regularization * LargestSquare(columns), gamma);
        return VectorMath.AllFinite(gamma);
    }

    private double LargestSquare(int columns)
    {
        double largest = 0;
        foreach (double value in SquaredSingularValues(columns))
        {
            largest = Math.Max(largest, value);
        }
        return largest;
    }

    private Span<double> Triangle(int column, int columns) => _triangle.AsSpan(column * _capacity, Math.Min(columns, _rows));

    private Span<double> Vector(int column, int columns) => _vectors.AsSpan(column * _capacity, columns);

    /// <summary>QR by reflections I − τ w wᵀ; leaves R in the triangle and Qᵀb in the head of the right side.</summary>
    private int Triangularize(int columns)
    {
        int rank = Math.Min(columns, _rows);
        for (int k = 0; k < rank; k++)
        {
            Span<double> w = Column(k)[k..];
            double norm = Math.Sqrt(VectorMath.Dot(w, w));
            if (norm == 0)
            {
                continue;
            }
            double head = w[0];
            double diagonal = head > 0 ? -norm : norm;
            w[0] = head - diagonal;
            double tau = -1 / (diagonal * w[0]);
            for (int column = k + 1; column < columns; column++)
            {
                Span<double> target = Column(column)[k..];
                VectorMath.AddScaled(-tau * VectorMath.Dot(w, target), w, target);
            }
            Span<double> right = _right.AsSpan(k);
            VectorMath.AddScaled(-tau * VectorMath.Dot(w, right), w, right);
            w[0] = diagonal;
        }
        for (int column = 0; column < columns; column++)
        {
            Span<double> target = Triangle(column, columns);
            int height = Math.Min(column + 1, rank);
            Column(column)[..height].CopyTo(target);
            target[height..].Clear();
        }
        return rank;
    }

    /// <summary>Rotates pairs of columns until all are orthogonal: R V = U diag(d).</summary>
    private void Diagonalize(int columns, int rank)
    {
        for (int column = 0; column < columns; column++)
        {
            Span<double> unit = Vector(column, columns);
            unit.Clear();
            unit[column] = 1;
        }
        bool rotated = rank > 0;
        for (int sweep = 0; rotated && sweep < MaximumSweeps; sweep++)
        {
            rotated = false;
            for (int p = 0; p < columns - 1; p++)
            {
                for (int q = p + 1; q < columns; q++)
                {
                    rotated |= Rotate(p, q, columns);
                }
            }
        }
        for (int column = 0; column < columns; column++)
        {
            _values[column] = VectorMath.Dot(Triangle(column, columns), Triangle(column, columns));
        }
    }

    private bool Rotate(int p, int q, int columns)
    {
        Span<double> x = Triangle(p, columns), y = Triangle(q, columns);
        double xx = VectorMath.Dot(x, x), yy = VectorMath.Dot(y, y), xy = VectorMath.Dot(x, y);
        if (!(Math.Abs(xy) > 1e-15 * Math.Sqrt(xx * yy)))
        {
            return false;
        }
        double zeta = (yy - xx) / (2 * xy);
        double tangent = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
        double cosine = 1 / Math.Sqrt(1 + tangent * tangent);
        double sine = cosine * tangent;
        Turn(x, y, cosine, sine);
        Turn(Vector(p, columns), Vector(q, columns), cosine, sine);
        return true;
    }

    private static void Turn(Span<double> x, Span<double> y, double cosine, double sine)
    {
        for (int i = 0; i < x.Length; i++)
        {
            double left = x[i], right = y[i];
            x[i] = cosine * left - sine * right;
            y[i] = sine * left + cosine * right;
        }
    }
}
