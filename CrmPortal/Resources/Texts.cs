namespace CrmPortal.Resources;

/// <summary>
/// Names the resource files of all texts on screens: <c>Texts.resx</c> (English) and <c>Texts.es.resx</c> (Spanish). A text's
/// key is its English sentence.
/// </summary>
public sealed class Texts;
