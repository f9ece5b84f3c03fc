using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.HelpCentre;

/// <summary>An article while it is written: its languages, what it looks like, who may read it, and what it was before.</summary>
public sealed partial class ArticlePage
{
    /// <summary>So long nothing is typed before the preview is drawn again.</summary>
    private static readonly TimeSpan PreviewPause = TimeSpan.FromMilliseconds(250);

    private static readonly string[] Boxes = ["Title", "Summary", "Body", "Slug"];

    private FormErrors _errors = default!;
    private IReadOnlyList<ArticleCategoryDetails>? _categories;
    private ArticleDetails? _saved;
    private ArticleDetails? _theirs;
    private Dictionary<string, ArticleDraft> _drafts = [];
    private long _categoryId;
    private ArticleState _state;
    private DateTime? _publishAt;
    private int? _position;
    private string _preview = "";
    private int _typed;
    private bool _isMissing;
    private bool _isReady;
    private bool _isRestored;
    private bool _isSaving;
    private long? _shownId;
    private int _shown;
    private string? _shownLanguage;

    [Inject] public required ArticleService Articles { get; init; }
    [Inject] public required ArticleCategoryService Categories { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    [Parameter] public long? Id { get; set; }

    [SupplyParameterFromQuery(Name = "lang")] private string? Language { get; set; }

    /// <summary>What a new article is to answer, as the report says it.</summary>
    [SupplyParameterFromQuery(Name = "title")] private string? Wanted { get; set; }

    [SupplyParameterFromQuery(Name = "category")] private long? WantedCategory { get; set; }

    private string Lang => HelpLanguages.IsOne(Language) ? Language! : _saved?.Texts.Count > 0 && _saved.In(HelpLanguages.Usual) is null
        ? _saved.Texts[0].Language : HelpLanguages.Usual;

    private string Heading => (_saved?.In(Lang) ?? (_saved?.Texts is [var any, ..] ? any : null))?.Title
        ?? (Id is null ? L["New article"] : L["Article"]);

    private string? PublicAddress => _saved is { State: not ArticleState.Draft } saved && saved.In(Lang) is { } text
        && saved.StandingAt(Clock.GetUtcNow()) != ArticleStanding.Scheduled
            ? HelpAddresses.Article(Lang, saved.CategorySlug, text.Slug) : null;

    private string DraftStart => string.Create(CultureInfo.InvariantCulture, $"article:{_shownId ?? 0}:");

    protected override async Task OnInitializedAsync()
    {
        _errors = new(L);
        _categories = await Categories.ListAsync(Ended);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_categories is null) return;
        if (!_isReady || _shownId != Id)
        {
            var id = _shownId = Id;
            _shown++;
            var saved = await LatestAsync(async read => id is { } known ? await Articles.GetAsync(known, read) : null);
            _isMissing = id is not null && saved is null;
            Show(saved);
            if (RendererInfo.IsInteractive)
            {
                // Before anything can be typed: what is restored later would take the place of what was typed meanwhile.
                await RestoreDraftsAsync();
                _isReady = true;
            }
        }

        if (_shownLanguage == Lang || _drafts.Count == 0) return;
        _shownLanguage = Lang;
        Draw();
    }

    private void Show(ArticleDetails? article)
    {
        (_saved, _theirs, _isRestored) = (article, null, false);
        _drafts = HelpLanguages.All.ToDictionary(l => l, l => ArticleDraft.Of(article?.In(l)));
        if (article is null && Wanted is { Length: > 0 } title) _drafts[Lang].Title = title;
        _categoryId = article?.CategoryId ?? _categories!.FirstOrDefault(c => c.Id == WantedCategory)?.Id
            ?? (_categories is [var first, ..] ? first.Id : 0);
        (_state, _position) = (article?.State ?? ArticleState.Draft, article?.Position);
        _publishAt = article is { State: ArticleState.Published, PublishAt: { } at }
            ? DateTime.Parse(Display.LocalInput(at), CultureInfo.InvariantCulture) : null;
        Draw();
    }

    /// <summary>Shows what was saved, but leaves what has been typed since it was sent.</summary>
    private async Task ShowSavedAsync(ArticleDetails saved, Dictionary<string, ArticleTextInput> sent)
    {
        var (drafts, start) = (_drafts, DraftStart);
        Show(saved);
        _shownId = saved.Id;
        foreach (var (language, was) in sent) _drafts[language].KeepTyped(drafts[language], ArticleDraft.Of(was));
        Draw();
        // The boxes take the name under which the article's drafts are kept before those of the unsaved one are forgotten.
        StateHasChanged();
        if (start != DraftStart) await Script.InvokeVoidAsync("crm.drafts.move", start, DraftStart);
        await Script.InvokeVoidAsync("crm.drafts.settleAll", sent.Values.SelectMany(was => ArticleDraft.Fields
            .Select(field => ($"{DraftStart}{was.Language}:{field}", ArticleDraft.Of(was)[field]))).ToDictionary());
    }

    private async Task RestoreDraftsAsync()
    {
        var kept = await Script.InvokeAsync<Dictionary<string, string>>("crm.drafts.read", DraftStart);
        foreach (var (key, value) in kept)
        {
            if (key[DraftStart.Length..].Split(':') is not [var language, var field] || !_drafts.TryGetValue(language, out var draft))
                continue;
            if (draft[field] is { } present && present.ReplaceLineEndings("\n") == value.ReplaceLineEndings("\n")) continue;
            if (draft[field] is null && value.Length == 0) continue;
            draft[field] = value;
            _isRestored = true;
        }

        if (_isRestored) Draw();
    }

    private async Task DiscardAsync()
    {
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart);
        _errors.Clear();
        Show(_saved);
    }

    private void Type(Action<ArticleDraft> change)
    {
        change(_drafts[Lang]);
        var typed = ++_typed;
        React(async () =>
        {
            await Task.Delay(PreviewPause, Clock, Ended);
            if (typed != _typed) return;
            Draw();
            StateHasChanged();
        });
    }

    private void Draw() => _preview = ArticleMarkdown.ToHtml(_drafts[Lang].Body);

    private Task SaveAsync() => SaveAsync(_saved?.Version);

    private Task OverwriteAsync() => SaveAsync(_theirs?.Version);

    private async Task SaveAsync(long? version)
    {
        if (_isSaving) return;
        _isSaving = true;
        try
        {
            _errors.Clear();
            var at = _publishAt is { } typed ? Display.Instant(typed.ToString("s", CultureInfo.InvariantCulture)) : null;
            var sent = _drafts.ToDictionary(d => d.Key, d => d.Value.Input(d.Key));
            var texts = _drafts.Where(d => d.Value.IsWritten || _saved?.In(d.Key) is not null).Select(d => sent[d.Key]).ToList();
            // A first save says what is missing in the language that is open.
            if (texts.Count == 0) texts.Add(_drafts[Lang].Input(Lang));
            var saved = await Articles.SaveAsync(Id, new(_categoryId, _state, _state == ArticleState.Published ? at : null, _position,
                texts), version, CancellationToken.None);
            _isMissing = saved is null;
            if (saved is null) return;
            await ShowSavedAsync(saved.Part, sent);
            Toasts.Show(L["Saved."], saved.ChangeSetId, ReloadAsync);
            // The page stays as it is under its new address: what is typed meanwhile must not be read away.
            if (Id is null) Navigation.NavigateTo(CrmUrls.Article(saved.Part.Id, Lang), replace: true);
        }
        catch (RuleViolationException violation)
        {
            _errors.Show(violation);
        }
        catch (ConcurrencyConflictException)
        {
            _theirs = await Articles.GetAsync(Id!.Value, Ended);
            _isMissing = _theirs is null;
        }
        finally
        {
            _isSaving = false;
        }
    }

    private async Task TakeTheirsAsync()
    {
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart);
        _errors.Clear();
        Show(_theirs);
    }

    private async Task ReloadAsync()
    {
        if (Id is not { } id) return;
        var saved = await Articles.GetAsync(id, Ended);
        _isMissing = saved is null;
        Show(saved);
        StateHasChanged();
    }

    private async Task RestoreAsync(ArticleVersionDetails kept)
    {
        try
        {
            var restored = await Articles.RestoreAsync(kept.Id, _saved!.Version, CancellationToken.None);
            if (restored is null) return;
            await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart);
            Show(restored.Part);
            Toasts.Show(L["The text of {0} is the present one again.", Display.Time(kept.SavedAt)], restored.ChangeSetId, ReloadAsync);
        }
        catch (ConcurrencyConflictException)
        {
            _theirs = await Articles.GetAsync(Id!.Value, Ended);
        }
    }

    private async Task DeleteAsync()
    {
        var title = Heading;
        var changeSet = await Articles.DeleteAsync(Id!.Value, CancellationToken.None);
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart);
        Navigation.NavigateTo(CrmUrls.Articles);
        Toasts.Show(L["{0} was removed.", title], changeSet);
    }

    private async Task DeleteTextAsync()
    {
        var changeSet = await Articles.DeleteTextAsync(Id!.Value, Lang, CancellationToken.None);
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart + Lang);
        await ReloadAsync();
        Toasts.Show(L["{0} was removed.", CultureNames.Language(Lang)], changeSet, ReloadAsync);
    }

    /// <summary>Puts a picture where the cursor is; the box tells what it holds then.</summary>
    private async Task InsertPictureAsync((string Name, string Address) picture)
    {
        var name = Path.GetFileNameWithoutExtension(picture.Name).Replace('[', ' ').Replace(']', ' ');
        await Script.InvokeVoidAsync("crm.insert", "#article-body", $"\n![{name}]({picture.Address})\n");
    }

    private bool HasErrors(string language) =>
        Boxes.Any(box => _errors[$"{language}.{box}"] is not null);

    private string FieldOf(string field) => $"{Lang}.{field}";

    private string DraftKey(string field) => $"{DraftStart}{Lang}:{field}";

    private string AddressOf(string language) => Id is { } id ? CrmUrls.Article(id, language) : CrmUrls.NewArticle + "?lang=" + language;

    private string CategoryName(long id) => _categories!.FirstOrDefault(c => c.Id == id)?
        .NameIn(HelpLanguages.Of(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName)) ?? "";
}
