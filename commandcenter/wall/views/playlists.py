"""The desk's playlists."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city.viewers import viewer_of
from commandcenter.wall import services
from commandcenter.wall.forms import ItemFormSet, PlaylistForm
from commandcenter.wall.guards import needs
from commandcenter.wall.models import Playlist, PlaylistItem


@needs("wall.view_playlist")
def playlist_list(request: HttpRequest) -> HttpResponse:
    """Every playlist with its turns."""
    rows = Playlist.objects.prefetch_related("items__scene")
    return render(request, "wall/desk/playlists.html", {"rows": rows})


@needs("wall.change_playlist")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Name and turns, in the order of their numbers."""
    playlist = get_object_or_404(Playlist, pk=pk) if pk else Playlist()
    form = PlaylistForm(request.POST or None, instance=playlist)
    items = ItemFormSet(request.POST or None, instance=playlist)
    if request.method == "POST" and form.is_valid() and items.is_valid():
        kept = [one for one in items.ordered_forms if one.cleaned_data.get("scene")]
        rows: list[PlaylistItem] = [one.save(commit=False) for one in kept]
        services.save_playlist(viewer=viewer_of(request), playlist=form.save(commit=False), items=rows)
        messages.success(request, _("Saved. Screens with this playlist follow at once."))
        return redirect("wall:playlist", pk=playlist.pk)
    context = {"form": form, "items": items, "playlist": playlist if pk else None}
    return render(request, "wall/desk/playlist.html", context)


@require_POST
@needs("wall.delete_playlist")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a playlist (the page asks first)."""
    services.delete_playlist(viewer=viewer_of(request), playlist=get_object_or_404(Playlist, pk=pk))
    messages.success(request, _("The playlist has been removed."))
    return redirect("wall:playlists")
