"""Places of the patient page that upper apps fill."""

from incisor.kernel.hooks import Panel, Place

patient_panels: Place[Panel] = Place("patient_panels")
