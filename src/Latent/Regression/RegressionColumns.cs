namespace Latent.Regression;

/// <summary>Where the parts of a regression stand in the rows of its design.</summary>
/// <param name="Response">The response y.</param>
/// <param name="Trials">The number of trials of a binomial response; −1 for others.</param>
/// <param name="Base">What of the log-density depends on y alone, such as −log y! for counts; −1 for none.</param>
/// <param name="Offset">What is added to the linear predictor; −1 for none.</param>
/// <param name="First">The first term.</param>
/// <param name="Terms">The number p of terms, side by side.</param>
public readonly record struct RegressionColumns(int Response, int Trials, int Base, int Offset, int First, int Terms);
