using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.HelpCentre;

/// <summary>What the parts of an article may hold, whoever typed them wherever.</summary>
internal static class ArticleRules
{
    /// <summary>The name of the field of a language, so that a form with several can show an error beside it.</summary>
    public static string Field(string language, string field) => $"{language}.{field}";

    /// <summary>The texts, checked and trimmed.</summary>
    public static List<ArticleTextInput> Texts(IReadOnlyList<ArticleTextInput> typed, List<FieldError> errors)
    {
        var texts = new List<ArticleTextInput>();
        foreach (var text in typed)
        {
            if (!HelpLanguages.IsOne(text.Language) || texts.Exists(t => t.Language == text.Language))
            {
                errors.Add(new("Language", "Write each text once, in one of the languages of the help centre."));
                continue;
            }

            var (title, slug, summary, body) = (Field(text.Language, nameof(text.Title)), Field(text.Language, nameof(text.Slug)),
                Field(text.Language, nameof(text.Summary)), Field(text.Language, nameof(text.Body)));
            texts.Add(text with
            {
                Title = TextRules.Required(title, text.Title, ArticleTranslation.TitleLength, "Give the article a title.", errors),
                Slug = Slugs.Checked(slug, text.Slug, ArticleTranslation.SlugLength, errors),
                Summary = TextRules.Text(summary, text.Summary, ArticleTranslation.SummaryLength, errors).Value,
                Body = TextRules.Required(body, text.Body?.ReplaceLineEndings("\n"), ArticleTranslation.BodyLength, "Write the article.",
                    errors),
            });
        }

        return texts;
    }
}
