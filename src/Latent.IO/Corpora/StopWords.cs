namespace Latent.IO;

/// <summary>Lists of words that say little about what a text is about.</summary>
public static class StopWords
{
    /// <summary>Articles, pronouns, prepositions, auxiliaries and the like of English.</summary>
    public static IReadOnlyCollection<string> English { get; } =
        """
        a about above after again against all also although always am among an and another any anyone anything are aren't around as at be became because become becomes been before
        being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down due during each either else enough etc even ever every
        few first for from further get gets give given go goes had hadn't has hasn't have haven't having he he'd he'll he's hence her here hers herself him himself his how however
        i i'd i'll i'm i've if in instead into is isn't it it's its itself just last least less let let's like made make makes many may maybe me might mine more most much must mustn't
        my myself need neither never next no nobody none nor not nothing now of off often on once one ones only onto or other others otherwise ought our ours ourselves out over own
        per perhaps rather really same say see seem seems several shall shan't she she'd she'll she's should shouldn't since so some someone something still such take than that that's
        the their theirs them themselves then there there's therefore these they they'd they'll they're they've this those though three through thus to together too toward towards two
        under until up upon us use used uses using usually various very via want was wasn't we we'd we'll we're we've well were weren't what what's when where whether which while
        who whole whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
