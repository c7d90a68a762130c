namespace Latent;

/// <summary>
/// Optional ability of a model: the score of every observation, ∂ log p(xᵢ; θ)/∂θ in its natural parameters. By Fisher's identity it is the
/// posterior mean of the complete-data score, E[∂ log p(xᵢ, z; θ)/∂θ | xᵢ] [Louis1982]. Gives standard errors by the observed information, by
/// outer products and by the sandwich.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">A chunk of data.</typeparam>
/// <remarks>
/// The derivatives are taken as if the natural parameters were free of each other, even where they are not (weights that sum to one): the engine follows
/// them along the model's <see cref="ICoordinates{TParameters}"/>, which keep every constraint.
/// </remarks>
public interface IScores<TParameters, in TChunk> : INaturalParameters<TParameters>
{
    /// <summary>Whether the scores can be had; false for a model that is generic over parts which may lack them.</summary>
    bool HasScores => true;

    /// <summary>Adds the score of every observation of the chunk to <paramref name="sum"/>. Called from many threads at once.</summary>
    /// <param name="parameters">θ.</param>
    /// <param name="chunk">The observations; an empty chunk adds nothing.</param>
    /// <param name="sum">Receives each observation's weight and score, one value per natural parameter.</param>
    void AddScores(TParameters parameters, TChunk chunk, ScoreSum sum);
}
